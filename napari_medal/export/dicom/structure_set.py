"""A DICOM structure set: outlines on the slices of a series."""

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING

from napari_medal.core.labels import LabelClass
from napari_medal.errors import ExportError
from napari_medal.export.dicom.concept import concept
from napari_medal.export.dicom.contours import Outline, contours
from napari_medal.export.dicom.frames import Frames
from napari_medal.export.dicom.label_making import Making
from napari_medal.export.dicom.moment import Moment
from napari_medal.export.dicom.person_name import person_name
from napari_medal.export.dicom.plain_text import plain_text
from napari_medal.export.dicom.segment_terms import SegmentTerms
from napari_medal.export.dicom.source_datasets import source_datasets
from napari_medal.export.dicom.sourced_answer import SourcedAnswer
from napari_medal.export.dicom.vocabulary import ANATOMICAL_STRUCTURE

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_NAME = "napari-medal"
_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
_STUDY_CLASS = "1.2.840.10008.3.1.2.3.1"
_FIRST_SERIES = 2000
_LABEL_LETTERS = 16
_DECIMALS_MM = 5
_COPIED = """
    SpecificCharacterSet PatientID PatientName PatientBirthDate PatientSex PatientIdentityRemoved
    DeidentificationMethod StudyID AccessionNumber ReferringPhysicianName StudyDate StudyTime StudyInstanceUID
    FrameOfReferenceUID
"""


def structure_set(answer: SourcedAnswer, frames: Frames) -> "Dataset":
    """Return an RT Structure Set; region k is label k of the scheme, drawn along the edges of its pixels.

    Args:
        answer: What the mask answers.
        frames: The mask on its series, with the scheme's values.

    Raises:
        ExportError: The series has no frame of reference, which a structure set cannot do without.
    """
    if not answer.series.frame_of_reference_uid:
        msg = "its series has no frame of reference, and a structure set cannot do without"
        raise ExportError(msg)
    when = Moment.of(answer.annotation.created_at)
    dataset = _head(answer, hashlib.sha256(frames.array.tobytes()).hexdigest())
    when.date_object(dataset)
    dataset.StructureSetDate, dataset.StructureSetTime = when.date, when.time
    dataset.StructureSetLabel = plain_text(answer.task, _LABEL_LETTERS)
    dataset.StructureSetName = plain_text(f"{answer.task} of {answer.case.case.name}")
    dataset.ReferencedFrameOfReferenceSequence = [_frame_of_reference(answer)]
    classes = list(enumerate(answer.meaning.labels.classes, start=1))
    dataset.StructureSetROISequence = [_region(answer, number, label) for number, label in classes]
    dataset.ROIContourSequence = [_contours(answer, frames, number, label) for number, label in classes]
    dataset.RTROIObservationsSequence = [_observation(answer, number, label) for number, label in classes]
    return dataset


def _head(answer: SourcedAnswer, content: str) -> "Dataset":
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import PYDICOM_IMPLEMENTATION_UID, UID, ExplicitVRLittleEndian

    dataset, source = Dataset(), source_datasets(answer.series, answer.case.case.subject)[0]
    for keyword in _COPIED.split():
        dataset[keyword] = source[keyword]
    dataset.SOPClassUID, dataset.SOPInstanceUID = _CLASS, answer.uid("structure set", content)
    dataset.SeriesInstanceUID = answer.uid("structure set series")
    dataset.Modality, dataset.SeriesNumber, dataset.InstanceNumber = "RTSTRUCT", _FIRST_SERIES + answer.number, 1
    dataset.SeriesDescription = plain_text(f"{answer.task} ({answer.making.making.lower()})")
    dataset.OperatorsName = person_name(answer.making.reader)
    dataset.PositionReferenceIndicator = ""
    dataset.Manufacturer = dataset.ManufacturerModelName = dataset.DeviceSerialNumber = _NAME
    dataset.SoftwareVersions = version(_NAME)
    dataset.ApprovalStatus = "UNAPPROVED"
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = UID(_CLASS), UID(dataset.SOPInstanceUID)
    meta.TransferSyntaxUID, meta.ImplementationClassUID = ExplicitVRLittleEndian, PYDICOM_IMPLEMENTATION_UID
    dataset.file_meta = meta
    return dataset


def _frame_of_reference(answer: SourcedAnswer) -> "Dataset":
    from pydicom.dataset import Dataset

    series, exam, place = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = answer.series.series_instance_uid
    series.ContourImageSequence = [
        _reference(answer, uid) for uid in dict.fromkeys(slice_.sop_instance_uid for slice_ in answer.series.slices)
    ]
    exam.ReferencedSOPClassUID = _STUDY_CLASS
    exam.ReferencedSOPInstanceUID = answer.series.study_instance_uid
    exam.RTReferencedSeriesSequence = [series]
    place.FrameOfReferenceUID = answer.series.frame_of_reference_uid
    place.RTReferencedStudySequence = [exam]
    return place


def _reference(answer: SourcedAnswer, uid: str, frame: int = 0) -> "Dataset":
    from pydicom.dataset import Dataset

    reference = Dataset()
    reference.ReferencedSOPClassUID = answer.series.sop_class_uid
    reference.ReferencedSOPInstanceUID = uid
    if frame:
        reference.ReferencedFrameNumber = frame
    return reference


def _region(answer: SourcedAnswer, number: int, label: LabelClass) -> "Dataset":
    from pydicom.dataset import Dataset

    region = Dataset()
    region.ROINumber = number
    region.ReferencedFrameOfReferenceUID = answer.series.frame_of_reference_uid
    region.ROIName = plain_text(label.name) or f"label {label.value}"
    making = answer.making
    region.ROIGenerationAlgorithm = making.making.value
    if making.making is not Making.MANUAL:
        region.ROIGenerationDescription = plain_text(f"{_NAME}, model {making.model}")
    return region


def _contours(answer: SourcedAnswer, frames: Frames, number: int, label: LabelClass) -> "Dataset":
    from pydicom.dataset import Dataset

    region = Dataset()
    region.ROIDisplayColor = list(bytes.fromhex(label.color.lstrip("#")))
    region.ReferencedROINumber = number
    found = []
    for place, frame in enumerate(frames.array):
        for outline in contours(frame == label.value):
            found.append(_contour(answer, frames, place, outline))
            found[-1].ContourNumber = len(found)
    if found:
        region.ContourSequence = found
    return region


def _contour(answer: SourcedAnswer, frames: Frames, place: int, outline: Outline) -> "Dataset":
    from pydicom.dataset import Dataset

    contour = Dataset()
    contour.ContourGeometricType = "CLOSED_PLANAR"
    contour.NumberOfContourPoints = len(outline)
    points = frames.world_mm(place, outline).round(_DECIMALS_MM) + 0.0
    contour.ContourData = [f"{value:.{_DECIMALS_MM}f}".rstrip("0").rstrip(".") for value in points.ravel().tolist()]
    if frames.slices:
        slice_ = frames.slices[place]
        contour.ContourImageSequence = [_reference(answer, slice_.sop_instance_uid, slice_.frame)]
    return contour


def _observation(answer: SourcedAnswer, number: int, label: LabelClass) -> "Dataset":
    from pydicom.dataset import Dataset

    terms = SegmentTerms.of(label.name)
    observation = Dataset()
    observation.ObservationNumber = observation.ReferencedROINumber = number
    observation.RTROIInterpretedType = "ORGAN" if terms.category == ANATOMICAL_STRUCTURE else ""
    observation.ROIInterpreter = person_name(answer.making.reader)
    observation.RTROIIdentificationCodeSequence = [concept(terms.kind)]
    return observation
