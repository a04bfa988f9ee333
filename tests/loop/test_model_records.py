"""What a training leaves in the folder of its version."""

import csv
import re
from pathlib import Path

import pytest

from napari_medal.core.case import Split
from napari_medal.core.progress import Silent
from napari_medal.errors import JobCancelled, ModelError, ProjectError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.evaluation_table import read_evaluation, write_evaluation
from napari_medal.loop.report import report
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from napari_medal.metrics.overlap import dice_per_label
from tests.loop.conftest import label
from tests.small import Watch, small_session

TASK = "segmentation"


@pytest.fixture
def judged(session: Session, cohort: PhantomCohort) -> Session:
    """A project with a version that was judged on two subjects."""
    label(session, cohort, *range(9))
    train_model(session, TASK, Silent())
    return session


def test_every_case_and_label_is_in_the_table(judged: Session) -> None:
    found = report(judged, TASK)
    validating = {case.name for case in judged.project.cases.all() if case.split is Split.VALIDATION}
    assert (found.table.cases, found.table.subjects) == (len(validating), len(validating))
    current = judged.project.annotations.current(TASK)
    assert {row.annotation for row in found.table.rows} == {current[name].identifier for name in validating}
    with (found.version.folder / "evaluation.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * len(validating)
    assert {row["label"] for row in rows} == {"anterior", "posterior"}
    assert {"dice", "hd95_mm", "assd_mm", "nsd_2mm", "volume_error_ml", "volume_error_percent"} <= set(rows[0])


def test_the_table_agrees_with_the_gate_s_metrics(judged: Session) -> None:
    found = report(judged, TASK)
    for name in ("anterior", "posterior"):
        (figure,) = [f for f in found.table.figures if (f.label, f.metric) == (name, "dice")]
        assert figure.interval.value == pytest.approx(found.version.metrics[f"dice_{name}"].value)


def test_the_table_agrees_with_the_masks_that_the_version_predicts(judged: Session) -> None:
    from napari_medal.loop.prediction import predict

    found = report(judged, TASK)
    current = judged.project.annotations.current(TASK)
    names = {annotation.identifier: name for name, annotation in current.items()}
    row = found.table.rows[0]
    case = judged.project.cases.get(names[row.annotation])
    predict(judged, TASK, Silent(), [case.name])
    grid = judged.files.read_case(case.images)[0].grid
    paths = (judged.project.predictions.by(TASK, 1)[case.name].mask, current[case.name].mask)
    masks = [judged.files.read_mask(path, grid, judged.scheme(TASK)) for path in paths if path is not None]
    value = judged.scheme(TASK).by_name(row.label).value
    assert row.values["dice"] == pytest.approx(dice_per_label(masks[0], masks[1], [value])[0], nan_ok=True)
    assert row.values["truth_ml"] == pytest.approx((masks[1] == value).sum() * grid.voxel_volume_mm3 / 1000)


def test_the_table_comes_back_whole_and_damage_is_said(judged: Session, tmp_path: Path) -> None:
    found = report(judged, TASK).table
    write_evaluation(tmp_path, found)
    assert repr(read_evaluation(tmp_path)) == repr(found)  # nan is not equal to itself
    (tmp_path / "evaluation.json").write_text("{}")
    with pytest.raises(ProjectError, match=r"evaluation\.json is damaged"):
        read_evaluation(tmp_path)


def test_the_card_says_what_it_must_and_names_nobody(judged: Session) -> None:
    version = report(judged, TASK).version
    card = (version.folder / "model_card.md").read_text()
    assert "research and dataset curation, not a medical device" in card
    for heading in ("## Data", "## Training", "## Figures", "## By size", "## Calibration", "## Limits"):
        assert heading in card
    assert f"Trained on {len(version.annotations)} label revisions: " in card
    assert ", ".join(map(str, sorted(version.annotations))) in card
    assert re.search(r"Made with napari-medal \d+\.\d+", card)
    assert re.search(r"\| anterior \| Dice \| 0\.\d{3} \[", card)
    assert "Not fitted: 2 validation subjects, at least 5 are needed." in card
    assert "2 validation subjects are few" in card
    for case in judged.project.cases.all():
        assert case.name not in card
        assert case.name not in (version.folder / "evaluation.csv").read_text()
        assert case.name not in (version.folder / "evaluation.json").read_text()
    assert not re.search(r"\bann\b", card), "the reader's name"


def test_without_a_validation_set_the_card_says_so(session: Session, cohort: PhantomCohort) -> None:
    label(session, cohort, 0, 1)
    version = train_model(session, TASK, Silent()).version
    assert "None: no labelled subject was in the validation set." in (version.folder / "model_card.md").read_text()
    assert {path.name for path in version.folder.iterdir()} == {
        "member-0.safetensors", "member-1.safetensors", "model_card.md", "training.json",
    }  # fmt: skip
    with pytest.raises(ProjectError, match="Model 1 has no table of figures"):
        report(session, TASK)
    with pytest.raises(ProjectError, match="has no model 7"):
        report(session, TASK, 7)


def test_without_a_model_there_is_nothing_to_report(session: Session) -> None:
    with pytest.raises(ModelError, match="has no model yet"):
        report(session, TASK)


def test_the_live_curve_costs_no_surfaces(session: Session, cohort: PhantomCohort, monkeypatch) -> None:
    """Distances are measured once for each validation case and label, however often the curve is drawn."""
    from napari_medal.loop import examination

    measured: list[int] = []
    real = examination.surface_distances

    def counted(*masks: object) -> object:
        measured.append(1)
        return real(*masks)  # type: ignore[arg-type]

    monkeypatch.setattr(examination, "surface_distances", counted)
    label(session, cohort, *range(9))
    watch = Watch()
    train_model(session, TASK, watch)
    assert len([point for point in watch.points if point.curve == "validation"]) >= 2
    assert len(measured) == 2 * 2


def test_cancel_is_answered_between_structures(session: Session, cohort: PhantomCohort, monkeypatch) -> None:
    from napari_medal.loop import examination

    label(session, cohort, *range(9))
    cancelled = False

    def cancel(*masks: object) -> object:
        nonlocal cancelled
        cancelled = True
        return real(*masks)  # type: ignore[arg-type]

    def act(call: int) -> None:
        if cancelled:
            raise JobCancelled

    real = examination.surface_distances
    monkeypatch.setattr(examination, "surface_distances", cancel)
    with pytest.raises(JobCancelled):
        train_model(session, TASK, Watch(act))
    assert session.project.models.all(TASK) == []
    assert not list((session.project.folder / "models" / TASK).glob("v*"))


def test_a_classifier_has_areas_sensitivities_and_a_confusion_matrix(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project", "classification", validation=0.45)
    add_cases(session, Source(cohort.images, cohort.classes), Silent())
    train_model(session, "classification", Silent())
    found = report(session, "classification")
    metrics = {figure.metric for figure in found.table.figures}
    assert {"auc", "auc_delong", "sensitivity_at_90", "accuracy", "brier", "ece", "kappa", "log_loss"} <= metrics
    assert sum(map(sum, found.table.confusion)) == found.table.cases
    assert found.calibration is not None
    assert "at least 50 are needed" in found.calibration.reason
    assert "## Which class was taken for which" in (found.version.folder / "model_card.md").read_text()
    session.close()
