import threading
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.asking import Asking
from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.progress import Silent
from napari_medal.core.target import Target
from napari_medal.engine.prepare import Prepared
from napari_medal.errors import JobCancelled, ModelError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import accept_mask, skip
from napari_medal.loop.judging import prepared_case
from napari_medal.loop.prediction import predict
from napari_medal.loop.prepared_ahead import prepared_ahead
from napari_medal.loop.session import Session
from napari_medal.loop.training import train_model
from tests.loop.conftest import READING, damage, empty_mask, label
from tests.small import Watch, cancel_when, small_session, write_image

TASK = "segmentation"


@pytest.fixture
def trained(session: Session, cohort: PhantomCohort) -> Session:
    """A project with a live model, trained on two cases."""
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    return session


def _states(session: Session) -> dict[str, CaseState]:
    return {case.name: case.state for case in session.project.cases.all()}


def test_waiting_cases_are_predicted_and_no_others(trained: Session) -> None:
    skip(trained, "case_002")
    trained.project.cases.set_broken("case_003", "torn")
    trained.project.cases.draw(["case_004"], Split.TEST)
    trained.project.cases.set_state("case_005", CaseState.IN_PROGRESS)
    report = predict(trained, TASK, Silent())
    found = trained.project.predictions.by(TASK, 1)
    assert set(found) == {"case_002", "case_005", "case_006", "case_007", "case_008"}
    assert (report.cases, report.unreadable, report.model.number) == (5, (), 1)
    states = _states(trained)
    assert {states[name] for name in ("case_006", "case_007", "case_008")} == {CaseState.PREDICTED}
    assert states["case_000"] is CaseState.ACCEPTED
    assert states["case_002"] is CaseState.SKIPPED
    assert states["case_004"] is CaseState.NEW
    assert states["case_005"] is CaseState.IN_PROGRESS


def test_masks_lie_on_their_images_and_maps_agree_with_them(trained: Session) -> None:
    predict(trained, TASK, Silent(), ["case_006"])
    stored = trained.project.predictions.by(TASK, 1)["case_006"]
    grid = trained.files.read_case(trained.project.cases.get("case_006").images)[0].grid
    assert stored.mask is not None
    mask = trained.files.read_mask(stored.mask, grid, trained.scheme(TASK))
    maps = trained.project.predictions.maps(stored)
    assert maps is not None
    assert maps.uncertainty is not None
    assert maps.probabilities.shape == (3, *grid.shape)
    sure = np.sort(maps.probabilities[...], axis=0)
    clear = sure[-1] - sure[-2] > 0.02
    assert clear.any()
    assert (maps.probabilities[...].argmax(axis=0)[clear] == mask[clear]).all()
    assert 0 <= stored.score.uncertainty <= 1
    assert len(stored.score.per_slice) == grid.shape[0]
    assert len(stored.score.per_class) == 2


def test_without_a_model_nothing_can_be_predicted(session: Session) -> None:
    with pytest.raises(ModelError, match="has no model yet"):
        predict(session, TASK, Silent())


def test_damaged_weights_are_said(trained: Session) -> None:
    live = trained.project.models.live(TASK)
    assert live is not None
    damage(live.folder / "member-1.safetensors")
    with pytest.raises(ModelError, match=r"member-1\.safetensors cannot be read"):
        predict(trained, TASK, Silent())
    assert CaseState.PREDICTED not in _states(trained).values()


def test_cases_that_cannot_be_read_are_listed(trained: Session) -> None:
    damage(trained.project.cases.get("case_006").images[0])
    report = predict(trained, TASK, Silent())
    assert report.cases == 6
    assert [entry.case for entry in report.unreadable] == ["case_006"]
    assert "cut-off" in report.unreadable[0].reason
    assert _states(trained)["case_006"] is CaseState.NEW


@pytest.mark.parametrize("odd", ["a", "z"])
def test_cases_with_other_channels_are_listed(tmp_path: Path, odd: str) -> None:
    """Whether the odd one comes first or last."""
    random = np.random.default_rng(0)
    for name in ("m_0000", "n_0000", f"{odd}_0000", f"{odd}_0001"):
        write_image(tmp_path / "images" / f"{name}.nii.gz", random.integers(0, 99, (16, 16, 16)).astype(np.int16))
    session = small_session(tmp_path / "project")
    add_cases(session, Source(tmp_path / "images"), Silent())
    accept_mask(session, TASK, "m", empty_mask(session, "m"), READING)
    train_model(session, TASK, Silent())
    report = predict(session, TASK, Silent())
    assert report.cases == 1
    assert [entry.case for entry in report.unreadable] == [odd]
    assert "found 2 channels" in report.unreadable[0].reason
    assert set(session.project.predictions.by(TASK, 1)) == {"n"}
    session.close()


def test_what_was_predicted_before_a_cancel_is_kept(trained: Session) -> None:
    with pytest.raises(JobCancelled):
        predict(trained, TASK, cancel_when("Predicting", 3), ["case_004", "case_005", "case_006"])
    assert {"case_004", "case_005"} <= set(trained.project.predictions.by(TASK, 1))
    assert "case_006" not in trained.project.predictions.by(TASK, 1)
    assert _states(trained)["case_004"] is CaseState.PREDICTED


def test_maps_of_earlier_models_are_pruned(training_only: Session, cohort: PhantomCohort) -> None:
    session = training_only
    for number in range(2):
        label(session, cohort, number)
        train_model(session, TASK, Silent())
        predict(session, TASK, Silent())
    old, new = (session.project.predictions.by(TASK, number) for number in (1, 2))
    assert set(old) - set(new) == {"case_001"}
    assert all(session.project.predictions.maps(entry) is None for entry in old.values())
    assert all(session.project.predictions.maps(entry) is not None for entry in new.values())
    assert all(entry.mask is not None and entry.mask.exists() for entry in old.values())


def test_a_case_that_is_accepted_meanwhile_stays_accepted(trained: Session, cohort: PhantomCohort) -> None:
    """The reader goes on while the model predicts; accepted is not to become predicted behind their back."""
    accepted: list[int] = []

    def accept(call: int) -> None:
        if watch.texts.count("Predicting") == 3 and not accepted:
            accepted.append(call)
            label(trained, cohort, 2, 8)

    watch = Watch(accept)
    predict(trained, TASK, watch)
    assert accepted
    states = _states(trained)
    assert states["case_002"] is CaseState.ACCEPTED
    assert states["case_008"] is CaseState.ACCEPTED
    assert states["case_005"] is CaseState.PREDICTED


def test_the_next_cases_are_prepared_meanwhile_and_order_is_kept(trained: Session) -> None:
    """The first of several cases is damaged, and still the first that is told of."""
    names = [f"case_00{number}" for number in (5, 2, 7, 3, 6)]
    for name in names[::2]:
        damage(trained.project.cases.get(name).images[0])
    trained.cache.clear()
    report = predict(trained, TASK, Silent(), names)
    assert [entry.case for entry in report.unreadable] == names[::2]
    assert report.cases == 2


def test_a_cancel_does_not_wait_for_a_slow_disk(trained: Session) -> None:
    """The second case is not read before the test says so, and the cancel comes before that."""
    live = trained.project.models.live(TASK)
    assert live is not None
    plan, reading, done = live.plan, threading.Event(), threading.Event()

    def prepare(case: Case) -> Prepared:
        if case.name == "case_003":
            reading.set()
            done.wait(30)
        return prepared_case(trained, case, plan, Target.MASK)

    def act(call: int) -> None:
        if reading.is_set():
            raise JobCancelled

    cases = [trained.project.cases.get(name) for name in ("case_002", "case_003", "case_004")]
    made = prepared_ahead(cases, prepare, 1, Watch(act))
    assert next(made)[0].name == "case_002"
    with pytest.raises(JobCancelled):
        next(made)
    assert not done.is_set()
    done.set()


def test_dropout_is_refused_in_plain_words_where_there_was_none(trained: Session) -> None:
    trained.project.settings_file.set_asking(TASK, Asking(dropout_passes=3))
    with pytest.raises(ModelError, match=r"trained without dropout.*Set learning\.dropout"):
        predict(trained, TASK, Silent())
    assert CaseState.PREDICTED not in _states(trained).values()


def test_views_reach_the_catalogue(trained: Session) -> None:
    """More samples than members: the disagreement changes, and the mask stays one of the same structures."""
    predict(trained, TASK, Silent(), ["case_006"])
    plain = trained.project.predictions.by(TASK, 1)["case_006"].score.uncertainty
    trained.project.settings_file.set_asking(TASK, Asking(augmented=2))
    predict(trained, TASK, Silent(), ["case_006"])
    assert trained.project.predictions.by(TASK, 1)["case_006"].score.uncertainty != plain
