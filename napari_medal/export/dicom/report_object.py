"""A DICOM structured report of one class or one number."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from napari_medal.core.annotation import Annotation
from napari_medal.core.labels import LabelScheme
from napari_medal.errors import ExportError
from napari_medal.export.dicom.answer_terms import answer_term, question_term, unit_term
from napari_medal.export.dicom.coded_term import PRIVATE
from napari_medal.export.dicom.concept import concept
from napari_medal.export.dicom.label_making import LabelMaking, Making
from napari_medal.export.dicom.moment import Moment
from napari_medal.export.dicom.person_name import person_name
from napari_medal.export.dicom.plain_text import plain_text
from napari_medal.export.dicom.source_datasets import source_datasets
from napari_medal.export.dicom.sourced_answer import SourcedAnswer
from napari_medal.export.dicom.stable_uid import stable_uid

if TYPE_CHECKING:
    from highdicom.sr import (
        AlgorithmIdentification,
        Measurement,
        MeasurementReport,
        MeasurementsAndQualitativeEvaluations,
        ObservationContext,
        QualitativeEvaluation,
    )
    from pydicom.dataset import Dataset

_NAME = "napari-medal"
_FIRST_SERIES = 3000
_SLICED = ("CT", "MR", "PT")
"""Modalities whose images a report's library can describe by what is known of a series."""


def report_object(answer: SourcedAnswer) -> "Dataset":
    """Return a Comprehensive SR with a measurement report (TID 1500): a class is an evaluation, a number a measurement.

    It is complete and not verified: nobody signed it.

    Raises:
        ExportError: The answer is neither a class nor a number.
    """
    from highdicom.coding_schemes import CodingSchemeIdentificationItem
    from highdicom.sr import ComprehensiveSR

    when = Moment.of(answer.annotation.created_at)
    evidence = source_datasets(answer.series, answer.case.case.subject)
    said = f"{answer.annotation.class_value} {answer.annotation.value!r}"
    report = ComprehensiveSR(
        evidence=evidence,
        content=_content(answer, evidence)[0],
        series_instance_uid=answer.uid("report series"),
        series_number=_FIRST_SERIES + answer.number,
        sop_instance_uid=answer.uid("report", said),
        instance_number=1,
        manufacturer=_NAME,
        manufacturer_model_name=_NAME,
        software_versions=version(_NAME),
        device_serial_number=_NAME,
        is_complete=True,
        series_description=plain_text(f"{answer.task} ({answer.making.making.lower()})"),
        coding_schemes=[CodingSchemeIdentificationItem(PRIVATE, "Names given in napari-medal")],
        content_date=when.date,
        content_time=when.time,
    )
    when.date_object(report)
    return report


def _content(answer: SourcedAnswer, evidence: "list[Dataset]") -> "MeasurementReport":
    from highdicom.sr import MeasurementReport
    from pydicom.sr.codedict import codes

    described = answer.series.modality in _SLICED and all("SliceThickness" in source for source in evidence)
    return MeasurementReport(
        _context(answer.making),
        codes.SCT.ImagingProcedure,
        [_group(answer, evidence)],
        referenced_images=evidence if described else None,
    )


def _context(making: LabelMaking) -> "ObservationContext":
    """Say who observed: the reader, or the program where no reader did."""
    from highdicom.sr import (
        DeviceObserverIdentifyingAttributes,
        ObservationContext,
        ObserverContext,
        PersonObserverIdentifyingAttributes,
    )
    from pydicom.sr.codedict import codes

    if making.making is not Making.AUTOMATIC:
        person = PersonObserverIdentifyingAttributes(person_name(making.reader) or "unknown^")
        return ObservationContext(ObserverContext(codes.DCM.Person, person))
    model = plain_text(f"{_NAME}, model {making.model}")
    device = DeviceObserverIdentifyingAttributes(stable_uid("device", model), name=model, manufacturer_name=_NAME)
    return ObservationContext(observer_device_context=ObserverContext(codes.DCM.Device, device))


def _group(answer: SourcedAnswer, evidence: "list[Dataset]") -> "MeasurementsAndQualitativeEvaluations":
    from highdicom.sr import (
        MeasurementsAndQualitativeEvaluations,
        SourceImageForMeasurementGroup,
        TrackingIdentifier,
    )

    annotation, scheme = answer.annotation, answer.meaning.labels
    if annotation.value is None and annotation.class_value is None:
        msg = "its answer is neither a class nor a number"
        raise ExportError(msg)
    return MeasurementsAndQualitativeEvaluations(
        TrackingIdentifier(answer.uid("finding"), plain_text(f"{answer.task} of {answer.case.case.name}")),
        algorithm_id=_algorithm(answer.making),
        measurements=None if annotation.value is None else [_measurement(annotation.value, scheme)],
        qualitative_evaluations=_evaluations(answer.task, annotation, scheme),
        source_images=[
            SourceImageForMeasurementGroup(source.SOPClassUID, source.SOPInstanceUID) for source in evidence
        ],
    )


def _algorithm(making: LabelMaking) -> "AlgorithmIdentification | None":
    from highdicom.sr import AlgorithmIdentification

    if making.making is Making.MANUAL:
        return None
    return AlgorithmIdentification(_NAME, plain_text(f"model {making.model}"))


def _measurement(value: float, scheme: LabelScheme) -> "Measurement":
    from highdicom.sr import Measurement

    quantity = scheme.measured
    return Measurement(concept(question_term(quantity.name)), value, concept(unit_term(quantity.unit)))


def _evaluations(task: str, annotation: Annotation, scheme: LabelScheme) -> "list[QualitativeEvaluation] | None":
    from highdicom.sr import QualitativeEvaluation

    if annotation.class_value is None:
        return None
    chosen = scheme.by_value(annotation.class_value)
    return [QualitativeEvaluation(concept(question_term(task)), concept(answer_term(chosen.name)))]
