import numpy as np
import pytest

from napari_medal.catalogue.models import ModelStatus
from napari_medal.core.progress import Silent
from napari_medal.errors import ExtensionError, JobCancelled, ModelError, ProjectError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.round import retrain
from napari_medal.loop.serving import serve
from napari_medal.loop.session import Session, session_on
from napari_medal.loop.training import train_model
from tests.loop.conftest import damage, label
from tests.small import cancel_when, recipes, small_extensions

TASK = "segmentation"


@pytest.fixture
def twice(training_only: Session, cohort: PhantomCohort) -> Session:
    """A project with two versions; the second serves and has predicted."""
    label(training_only, cohort, 0, 1)
    retrain(training_only, TASK, Silent())
    label(training_only, cohort, 2)
    retrain(training_only, TASK, Silent())
    return training_only


def _statuses(session: Session) -> list[ModelStatus]:
    return [version.status for version in session.project.models.all(TASK)]


def test_going_back_ranks_and_predicts_with_the_earlier_version(twice: Session) -> None:
    first = twice.project.predictions.by(TASK, 1)
    assert not any(entry.has_maps for entry in first.values())
    report = serve(twice, TASK, 1, Silent())
    assert _statuses(twice) == [ModelStatus.LIVE, ModelStatus.RETIRED]
    assert report.predicted == 6
    assert report.unreadable == ()
    now = twice.project.predictions.by(TASK, 1)
    waiting = {f"case_{number:03d}" for number in range(3, 9)}
    assert {name for name, entry in now.items() if entry.has_maps} == waiting
    assert not any(entry.has_maps for entry in twice.project.predictions.by(TASK, 2).values())
    scores = {item.case.name: item.score for item in work_list(twice, TASK)}
    for name in waiting:
        found = scores[name]
        assert found is not None
        assert found.uncertainty == pytest.approx(first[name].score.uncertainty, abs=1e-6)
    assert {entry.case for entry in rank(twice, TASK)} == waiting


def test_it_says_that_a_person_chose_it(twice: Session) -> None:
    gate = twice.project.models.get(TASK, 1).reason
    assert serve(twice, TASK, 1, Silent()).version.reason.endswith(f"in place of model 2. The gate said: {gate}")
    serve(twice, TASK, 2, Silent())
    again = serve(twice, TASK, 1, Silent()).version.reason
    assert again.startswith("Serves by choice since 20")
    assert again.count("The gate said") == 1


def test_what_is_there_already_is_not_predicted_again(twice: Session) -> None:
    assert serve(twice, TASK, 2, Silent()).predicted == 0
    kept = twice.project.predictions.by(TASK, 2)["case_005"].maps
    assert kept is not None
    kept.unlink()
    assert serve(twice, TASK, 2, Silent()).predicted == 1


def test_the_next_training_starts_from_the_version_that_serves(twice: Session, cohort: PhantomCohort) -> None:
    serve(twice, TASK, 1, Silent())
    assert train_model(twice, TASK, Silent()).version.started_from == 1


def test_a_version_that_cannot_serve_leaves_the_live_one(twice: Session) -> None:
    with pytest.raises(ProjectError, match="has no model 3; it has 1, 2"):
        serve(twice, TASK, 3, Silent())
    without = small_extensions()
    elsewhere = session_on(
        twice.project, type(without)(**{**vars(without), "recipes": recipes(other="tests.small:UNET")})
    )
    with pytest.raises(ExtensionError):
        serve(elsewhere, TASK, 1, Silent())
    damage(twice.project.models.get(TASK, 1).folder / "member-0.safetensors")
    with pytest.raises(ModelError, match="cannot be read"):
        serve(twice, TASK, 1, Silent())
    assert _statuses(twice) == [ModelStatus.RETIRED, ModelStatus.LIVE]


def test_cancel_while_predicting_keeps_the_choice(twice: Session) -> None:
    with pytest.raises(JobCancelled):
        serve(twice, TASK, 1, cancel_when("Predicting", 3))
    assert _statuses(twice) == [ModelStatus.LIVE, ModelStatus.RETIRED]
    assert serve(twice, TASK, 1, Silent()).predicted == 4


def test_its_own_temperature_comes_with_it(twice: Session) -> None:
    folder = twice.project.models.get(TASK, 1).folder
    serve(twice, TASK, 1, Silent())
    before = twice.project.predictions.maps(twice.project.predictions.by(TASK, 1)["case_005"])
    serve(twice, TASK, 2, Silent())
    text = '{"temperature": 3.0, "subjects": 9, "answers": 9, "error_before": 0, "error_after": 0, "reason": "Used."}'
    (folder / "calibration.json").write_text(text)
    serve(twice, TASK, 1, Silent())
    after = twice.project.predictions.maps(twice.project.predictions.by(TASK, 1)["case_005"])
    assert before is not None
    assert after is not None
    assert after.probabilities[...].max(axis=0).mean() < before.probabilities[...].max(axis=0).mean() - 0.02
    surest = np.sort(before.probabilities[...], axis=0)
    clear = surest[-1] - surest[-2] > 0.05
    assert clear.any()
    assert (before.probabilities[...].argmax(axis=0) == after.probabilities[...].argmax(axis=0))[clear].all()


def test_a_damaged_calibration_is_said_before_anything_changes(twice: Session) -> None:
    (twice.project.models.get(TASK, 1).folder / "calibration.json").write_text("{")
    with pytest.raises(ProjectError, match=r"calibration\.json is damaged"):
        serve(twice, TASK, 1, Silent())
    assert _statuses(twice) == [ModelStatus.RETIRED, ModelStatus.LIVE]
