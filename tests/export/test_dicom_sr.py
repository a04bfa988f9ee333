import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import highdicom
import pydicom
import pytest

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.quantity import Quantity
from napari_medal.core.series_source import SeriesSource
from napari_medal.core.target import Target
from napari_medal.errors import ExportError
from napari_medal.export.dicom.answer_terms import unit_term
from napari_medal.export.dicom_sr import EXPORTER
from napari_medal.testing import check_exporter
from tests.export.dicom.series import MADE, dataset_of, image_of, mask_case, multi_frame, series
from tests.small import Watch

CLASSES = LabelScheme(
    (LabelClass(0, "benign", "#31a354"), LabelClass(1, "TI-RADS 4, with a name that is long", "#e6550d"))
)
QUANTITY = Quantity("volume", "mL", 0.0, 50.0)
TASKS = {
    "finding": DatasetTask(Target.CLASS, CLASSES),
    "size": DatasetTask(Target.VALUE, LabelScheme((), QUANTITY)),
}


def exported(folder: Path, source: SeriesSource, class_value: int = 1, value: float = 0.1 + 0.2, **changes: Any) -> Any:
    """Export both tasks, and return both reports as highdicom reads them."""
    finding = Annotation(1, "a", "finding", 1, "ann", MADE, 9.0, None, None, class_value=class_value)
    size = Annotation(2, "a", "size", 1, "ann", MADE, 9.0, None, None, value=value)
    answers = {"finding": replace(finding, **changes), "size": replace(size, **changes)}
    case = DatasetCase(
        Case("a", "s-a", Split.TRAINING, CaseState.ACCEPTED, (folder / "a.nii.gz",)), answers, sources=(source,)
    )
    report = EXPORTER.write(Dataset("set", TASKS, (case,)), folder / "out", Watch())
    assert (report.cases, report.files, report.left_out) == (1, 2, ())
    return [highdicom.sr.srread(folder / "out" / task / "a.dcm") for task in ("finding", "size")]


def only_group(report: Any) -> Any:
    (group,) = report.content.get_image_measurement_groups()
    return group


def test_it_keeps_the_promises_of_an_exporter(tmp_path: Path) -> None:
    check_exporter(EXPORTER, tmp_path)


def test_a_class_is_an_evaluation_with_a_code(tmp_path: Path) -> None:
    finding, _ = exported(tmp_path / "one", series(), class_value=0)
    (evaluation,) = only_group(finding).get_qualitative_evaluations()
    assert (evaluation.name.value, evaluation.name.scheme_designator) == ("finding", "99MEDAL")
    assert (evaluation.value.value, evaluation.value.scheme_designator) == ("30807003", "SCT")
    finding, _ = exported(tmp_path / "two", series(), class_value=1)
    (evaluation,) = only_group(finding).get_qualitative_evaluations()
    assert (evaluation.value.value, evaluation.value.scheme_designator) == (CLASSES.names[1], "99MEDAL")
    assert evaluation.value.meaning == CLASSES.names[1]


@pytest.mark.parametrize("value", [0.1 + 0.2, 49.99999999999999, 7.0, 1e-7])
def test_a_number_comes_back_bit_for_bit_with_its_unit(value: float, tmp_path: Path) -> None:
    _, size = exported(tmp_path, series(), value=value)
    (measurement,) = only_group(size).get_measurements()
    assert float(measurement.value) == value
    assert (measurement.name.value, measurement.unit.value) == ("118565006", "mL")


@pytest.mark.parametrize(
    ("unit", "code"),
    [("mm", "mm"), ("years", "a"), ("", "1"), ("cm³", "cm3"), ("HU", "[hnsf'U]"), ("nodules {big}", "{nodulesbig}")],
)
def test_units_are_coded(unit: str, code: str) -> None:
    assert (unit_term(unit).value, unit_term(unit).scheme) == (code, "UCUM")
    assert unit_term(unit).meaning


@pytest.mark.parametrize(("frames", "library"), [(False, True), (True, False)])
def test_the_series_is_the_evidence(frames: bool, library: bool, tmp_path: Path) -> None:
    source = multi_frame(series()) if frames else series()
    finding, _ = exported(tmp_path, source)
    assert finding.get_evidence_series() == [(source.study_instance_uid, source.series_instance_uid)]
    named = {image.referenced_sop_instance_uid for image in only_group(finding).source_images}
    assert named == {slice_.sop_instance_uid for slice_ in source.slices}
    assert ("Image Library" in str(finding)) is library


@pytest.mark.parametrize(
    ("changes", "observer", "algorithm"),
    [({}, "ann^", False), ({"started_from": 3}, "ann^", True)],
)
def test_the_reader_is_the_observer(changes: dict[str, Any], observer: str, algorithm: bool, tmp_path: Path) -> None:
    finding, _ = exported(tmp_path, series(), **changes)
    assert observer in str(finding)
    assert ("model v3" in str(finding)) is algorithm
    assert (finding.CompletionFlag, finding.VerificationFlag) == ("COMPLETE", "UNVERIFIED")
    assert (finding.PatientID, finding.PatientName, finding.ContentDate) == ("s-a", "s-a^", "20260304")


def test_a_model_alone_is_a_device(tmp_path: Path) -> None:
    answer = Annotation(1, "a", "size", 1, "model v5", MADE, 0.0, None, None, value=2.5, accepted=False)
    place = Case("a", "s-a", Split.TRAINING, CaseState.PREDICTED, (tmp_path / "a.nii.gz",))
    case = DatasetCase(place, {}, predicted={"size": answer}, sources=(series(),))
    EXPORTER.write(Dataset("set", TASKS, (case,)), tmp_path / "out", Watch())
    size = highdicom.sr.srread(tmp_path / "out" / "size" / "a.dcm")
    said = [item for item in size.ContentSequence if item.RelationshipType == "HAS OBS CONTEXT"]
    names = {item.ConceptNameCodeSequence[0].CodeMeaning: item.get("TextValue") for item in said}
    assert names["Device Observer Name"] == "napari-medal, model v5"
    assert "Person Observer Name" not in names


def test_equal_answers_make_equal_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        exported(tmp_path / name, series())
    one, two = (tmp_path / name / "out" / "size" / "a.dcm" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_masks_are_not_for_reports(tmp_path: Path) -> None:
    source = series()
    case, _, _ = mask_case(tmp_path, source, image_of(source, tmp_path / "a.nii.gz"))
    with pytest.raises(ExportError, match="'dicom-sr' holds answers that are a class or a value; found no such task"):
        EXPORTER.write(dataset_of(case), tmp_path / "out", Watch())


def test_a_picture_has_a_report_too(tmp_path: Path) -> None:
    flat = replace(
        series((1, 7, 6)), frame_of_reference_uid="", modality="CR", sop_class_uid="1.2.840.10008.5.1.4.1.1.1"
    )
    finding, _ = exported(tmp_path, flat)
    assert only_group(finding).get_qualitative_evaluations()


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_a_stranger_finds_no_error(tmp_path: Path) -> None:
    exported(tmp_path, series(), started_from=3)
    for task in TASKS:
        path = str(tmp_path / "out" / task / "a.dcm")
        said = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False).stderr
        assert [line for line in said.splitlines() if line.startswith("Error")] == []
        assert pydicom.dcmread(path).SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.33"
