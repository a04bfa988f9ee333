"""A DICOM segmentation of a series."""

import hashlib
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from napari_medal.core.labels import LabelClass
from napari_medal.core.series_source import SeriesSource
from napari_medal.errors import ExportError
from napari_medal.export.dicom.concept import concept
from napari_medal.export.dicom.decimals import decimals
from napari_medal.export.dicom.frames import Frames
from napari_medal.export.dicom.label_making import LabelMaking, Making
from napari_medal.export.dicom.moment import Moment
from napari_medal.export.dicom.person_name import person_name
from napari_medal.export.dicom.plain_text import plain_text
from napari_medal.export.dicom.segment_terms import SegmentTerms
from napari_medal.export.dicom.source_datasets import holds_frames, source_datasets
from napari_medal.export.dicom.sourced_answer import SourcedAnswer

if TYPE_CHECKING:
    from highdicom import (
        AlgorithmIdentificationSequence,
        PixelMeasuresSequence,
        PlaneOrientationSequence,
        PlanePositionSequence,
    )
    from highdicom.seg import SegmentDescription
    from pydicom.dataset import Dataset

NAME = "napari-medal"
_FIRST_SERIES = 1000
_CODE_STRING = 16
_WITH_PLACE = ("CT", "MR", "PT")
"""Modalities whose images cannot be without a frame of reference."""


def segmentation_object(answer: SourcedAnswer, frames: Frames) -> "Dataset":
    """Return a DICOM SEG of the binary kind, which every program reads; segment k is label k of the scheme.

    Labels that do not occur are described too: that nobody found one is an answer. Frames without any label are left
    out.

    Args:
        answer: What the mask answers.
        frames: The mask on its series, with the scheme's values.

    Raises:
        ExportError: The series has slices, and no frame of reference.
    """
    from highdicom.seg import Segmentation

    _require_place(answer.series)
    when = Moment.of(answer.annotation.created_at)
    scheme = answer.meaning.labels
    sources = source_datasets(answer.series, answer.case.case.subject)
    multi_frame = holds_frames(answer.series)
    measures, orientation, positions = _geometry(answer.series, frames)
    content = hashlib.sha256(frames.array.tobytes()).hexdigest()
    segmentation = Segmentation(
        source_images=sources[:1] if multi_frame else sources,
        further_source_images=sources[1:] if multi_frame else None,
        pixel_array=scheme.to_indices(frames.array),
        segmentation_type="BINARY",
        segment_descriptions=[
            _description(place, label, answer.making) for place, label in enumerate(scheme.classes, start=1)
        ],
        series_instance_uid=answer.uid("segmentation series"),
        series_number=_FIRST_SERIES + answer.number,
        sop_instance_uid=answer.uid("segmentation", content),
        instance_number=1,
        manufacturer=NAME,
        manufacturer_model_name=NAME,
        software_versions=version(NAME),
        device_serial_number=NAME,
        content_label=re.sub("[^A-Z0-9_]", "_", answer.task.upper())[:_CODE_STRING],
        content_description=plain_text(f"{answer.task} of {answer.case.case.name}"),
        content_creator_name=person_name(answer.making.reader) or None,
        series_description=plain_text(f"{answer.task} ({answer.making.making.lower()})"),
        content_date=when.date,
        content_time=when.time,
        pixel_measures=measures,
        plane_orientation=orientation,
        plane_positions=positions,
    )
    _settle(segmentation, answer, content, when)
    return segmentation


def _require_place(series: SeriesSource) -> None:
    """Let through what has a place in the patient, and single pictures, which need none."""
    if not series.frame_of_reference_uid and (len(series.slices) > 1 or series.modality in _WITH_PLACE):
        msg = "its series has no frame of reference, and nothing says where its slices lie"
        raise ExportError(msg)


def _geometry(
    series: SeriesSource, frames: Frames
) -> "tuple[PixelMeasuresSequence | None, PlaneOrientationSequence | None, list[PlanePositionSequence] | None]":
    """Return where the frames lie; nothing for a picture, which has no place in the patient."""
    from highdicom import PixelMeasuresSequence, PlaneOrientationSequence, PlanePositionSequence

    if not series.frame_of_reference_uid:
        return None, None, None
    between, rows_mm, columns_mm = (float(text) for text in decimals(frames.spacing_mm))
    thickness = series.slice_thickness_mm if frames.slices else None
    return (
        PixelMeasuresSequence((rows_mm, columns_mm), thickness or between, between),
        PlaneOrientationSequence("PATIENT", frames.orientation),
        [PlanePositionSequence("PATIENT", tuple(position)) for position in frames.positions_mm.tolist()],
    )


def _description(place: int, label: LabelClass, making: LabelMaking) -> "SegmentDescription":
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentDescription

    terms = SegmentTerms.of(label.name)
    red, green, blue = bytes.fromhex(label.color.lstrip("#"))
    description = SegmentDescription(
        place,
        plain_text(label.name) or f"label {label.value}",
        concept(terms.category),
        concept(terms.kind),
        making.making.value,
        algorithm_identification=_algorithm(making),
        anatomic_regions=None if terms.region is None else [concept(terms.region)],
        display_color=CIELabColor.from_rgb(red, green, blue),
    )
    if terms.modifiers:
        kind = description.SegmentedPropertyTypeCodeSequence[0]
        kind.SegmentedPropertyTypeModifierCodeSequence = [concept(term) for term in terms.modifiers]
    return description


def _algorithm(making: LabelMaking) -> "AlgorithmIdentificationSequence | None":
    from highdicom import AlgorithmIdentificationSequence
    from pydicom.sr.codedict import codes

    if making.making is Making.MANUAL:
        return None
    return AlgorithmIdentificationSequence(NAME, codes.DCM.ArtificialIntelligence, plain_text(f"model {making.model}"))


def _settle(dataset: "Dataset", answer: SourcedAnswer, content: str, when: Moment) -> None:
    """Replace what highdicom draws by chance or takes from the clock."""
    organization = answer.uid("dimensions", content)
    for item in (*dataset.DimensionOrganizationSequence, *dataset.DimensionIndexSequence):
        item.DimensionOrganizationUID = organization
    when.date_object(dataset)
