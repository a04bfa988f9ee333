"""The DICOM series that a channel was made from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SliceSource:
    """One slice of a series.

    Args:
        sop_instance_uid: Of the DICOM object that holds it.
        frame: Its frame in a multi-frame object, counted from 1; 0 in an object of one frame.
        position_mm: ImagePositionPatient, the LPS position (x, y, z) of the centre of its first pixel.
    """

    sop_instance_uid: str
    frame: int
    position_mm: tuple[float, float, float]


@dataclass(frozen=True)
class SeriesSource:
    """What a label that refers to a DICOM series has to say of it; no identifier of the patient.

    Args:
        study_instance_uid: Of the exam.
        series_instance_uid: Of the series.
        frame_of_reference_uid: Series that share it are registered; "" where none is said.
        sop_class_uid: Kind of DICOM object.
        modality: DICOM's code, such as "MR".
        rows: Pixels along a column.
        columns: Pixels along a row.
        pixel_spacing_mm: Between rows, and between columns.
        slice_thickness_mm: As the series says; None where it does not.
        orientation: ImageOrientationPatient: the LPS direction along a row, then along a column.
        slices: In the order in which they are stacked.
    """

    study_instance_uid: str
    series_instance_uid: str
    frame_of_reference_uid: str
    sop_class_uid: str
    modality: str
    rows: int
    columns: int
    pixel_spacing_mm: tuple[float, float]
    slice_thickness_mm: float | None
    orientation: tuple[float, float, float, float, float, float]
    slices: tuple[SliceSource, ...]
