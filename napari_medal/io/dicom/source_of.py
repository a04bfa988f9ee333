"""What of a DICOM series is kept for labels that refer to it."""

from collections.abc import Sequence

from napari_medal.core.series_source import SeriesSource, SliceSource
from napari_medal.io.dicom.frame import Frame


def source_of(frames: Sequence[Frame]) -> SeriesSource | None:
    """Return the source of a stack of placed slices, in its order; None where something lacks that labels must say."""
    first = frames[0]
    header = first.header
    if not first.is_placed or not header.study or not header.series or not header.sop_class:
        return None
    slices = []
    for frame in frames:
        x, y, z = frame.position_mm or (0.0, 0.0, 0.0)
        slices.append(SliceSource(frame.header.sop_instance, frame.number, (x, y, z)))
    a, b, c, d, e, f = first.orientation or (0.0,) * 6
    between_rows, between_columns = first.spacing_mm or (0.0, 0.0)
    return SeriesSource(
        study_instance_uid=header.study,
        series_instance_uid=header.series,
        frame_of_reference_uid=header.frame_of_reference,
        sop_class_uid=header.sop_class,
        modality=header.modality,
        rows=first.pixels.rows,
        columns=first.pixels.columns,
        pixel_spacing_mm=(between_rows, between_columns),
        slice_thickness_mm=first.thickness_mm,
        orientation=(a, b, c, d, e, f),
        slices=tuple(slices),
    )
