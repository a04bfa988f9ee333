"""What a reader may see in each mode, and what becomes of their answers."""

from pathlib import Path

import numpy as np
import pytest
import tomlkit

from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.case import CaseState, Split
from napari_medal.core.progress import Silent
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.score import CaseScore
from napari_medal.core.target import LabelsAs
from napari_medal.errors import SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_mask, reject
from napari_medal.loop.counted import counted
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.opening import OpenedCase, Origin, open_case
from napari_medal.loop.prediction import predict
from napari_medal.loop.ranking import rank, work_list
from napari_medal.loop.reading_mode import set_reading_mode
from napari_medal.loop.rule_out import MissRate, miss_rate, ruled_out
from napari_medal.loop.session import Session, open_session
from napari_medal.loop.simulated_reader import READER
from napari_medal.loop.simulation import SimulationOptions, simulate
from napari_medal.loop.training import train_model
from tests.loop.conftest import empty_mask, label
from tests.small import small_extensions, small_session

TASK = "segmentation"
CASE = "case_005"


@pytest.fixture
def predicted(session: Session, cohort: PhantomCohort) -> Session:
    """A project whose model has seen the cases that wait."""
    label(session, cohort, 0, 1)
    train_model(session, TASK, Silent())
    predict(session, TASK, Silent())
    return session


def _shows_the_model(opened: OpenedCase) -> bool:
    found = (opened.prediction, opened.uncertainty, opened.probabilities, opened.score, opened.started_from)
    return any(part is not None for part in found) or opened.overview != ""


def _accept(session: Session, opened: OpenedCase, reader: str) -> bool:
    assert opened.mask is not None
    reading = Reading(reader, started_from=opened.started_from, mode=opened.mode)
    return accept_mask(session, TASK, opened.case.name, opened.mask, reading).accepted


def test_concurrent_reading_shows_everything_and_is_recorded(predicted: Session) -> None:
    opened = open_case(predicted, TASK, CASE, "ann")
    assert (opened.mode, opened.origin, opened.why_hidden) == (ReadingMode.CONCURRENT, Origin.PREDICTION, "")
    assert _shows_the_model(opened)
    assert _accept(predicted, opened, "ann")
    assert predicted.project.annotations.current(TASK)[CASE].mode is ReadingMode.CONCURRENT


def test_a_second_read_hides_the_model_until_the_readers_own_first_label(predicted: Session) -> None:
    set_reading_mode(predicted, TASK, ReadingMode.SECOND_READ)
    opened = open_case(predicted, TASK, CASE, "ann")
    assert opened.origin is Origin.EMPTY
    assert not _shows_the_model(opened)
    assert "until your own first label" in opened.why_hidden
    hidden = {item.case.name: item for item in work_list(predicted, TASK, "ann")}
    assert {(item.score, item.overview, item.reason) for item in hidden.values() if item.rank} == {(None, "", "")}
    assert opened.mask is not None
    opened.mask[2:4, 3:6, 3:6] = 1
    assert not _accept(predicted, opened, "ann")
    assert CASE not in counted(predicted, TASK)
    assert predicted.project.cases.get(CASE).state is CaseState.IN_PROGRESS
    assert CASE in {entry.case for entry in rank(predicted, TASK)}

    assert not _shows_the_model(open_case(predicted, TASK, CASE, "bob"))
    assert open_case(predicted, TASK, CASE, "bob").origin is Origin.EMPTY  # nor does another reader's label show
    again = open_case(predicted, TASK, CASE, "ann")
    assert again.origin is Origin.UNACCEPTED
    assert np.array_equal(again.mask, opened.mask)
    assert _shows_the_model(again)
    assert again.why_hidden == ""
    shown = {item.case.name: item for item in work_list(predicted, TASK, "ann")}
    assert shown[CASE].score is not None
    assert _accept(predicted, again, "ann")
    history = predicted.project.annotations.history(CASE, TASK)
    assert [(found.accepted, found.mode) for found in history] == [
        (False, ReadingMode.SECOND_READ),
        (True, ReadingMode.SECOND_READ),
    ]
    assert predicted.project.cases.get(CASE).state is CaseState.ACCEPTED


def test_triage_orders_the_list_and_shows_nothing_else(predicted: Session) -> None:
    order = [entry.case for entry in rank(predicted, TASK)]
    set_reading_mode(predicted, TASK, ReadingMode.TRIAGE)
    assert [entry.case for entry in rank(predicted, TASK)] == order
    opened = open_case(predicted, TASK, CASE, "ann")
    assert opened.origin is Origin.EMPTY
    assert not _shows_the_model(opened)
    items = {item.case.name: item for item in work_list(predicted, TASK, "ann")}
    assert items[CASE].score is not None
    assert items[CASE].overview == ""
    assert _accept(predicted, opened, "ann")
    assert predicted.project.annotations.current(TASK)[CASE].mode is ReadingMode.TRIAGE
    assert open_case(predicted, TASK, CASE, "ann").origin is Origin.ANNOTATION


def test_without_a_model_every_mode_opens_empty_or_with_the_draft(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "project")
    add_cases(session, Source(cohort.images, cohort.labels, labels_as=LabelsAs.DRAFTS), Silent())
    for mode in ReadingMode:
        set_reading_mode(session, TASK, mode)
        wanted = Origin.EMPTY if mode is ReadingMode.SECOND_READ else Origin.UNACCEPTED
        assert open_case(session, TASK, CASE, "ann").origin is wanted
        assert len(work_list(session, TASK, "ann")) == 9
    session.close()


def test_the_mode_is_written_back_and_the_rest_of_the_file_stays(session: Session) -> None:
    path = session.project.folder / "medal.toml"
    path.write_text("# ours\n" + path.read_text())
    before = tomlkit.parse(path.read_text()).unwrap()
    set_reading_mode(session, TASK, ReadingMode.TRIAGE)
    assert path.read_text().startswith("# ours\n")
    after = tomlkit.parse(path.read_text()).unwrap()
    assert after["tasks"][TASK].pop("reading") == "triage"
    assert before["tasks"][TASK].pop("reading") == "concurrent"
    assert after == before
    assert session.project.task_settings(TASK).reading is ReadingMode.TRIAGE
    other = open_session(session.project.folder)
    assert other.project.task_settings(TASK).reading is ReadingMode.TRIAGE
    other.close()
    with pytest.raises(SettingsError, match="has no task 'grading'"):
        set_reading_mode(session, "grading", ReadingMode.TRIAGE)


def test_a_new_project_may_begin_in_another_mode(tmp_path: Path) -> None:
    wish = TaskWish(TASK, ("liver",), reading=ReadingMode.SECOND_READ)
    session = new_project(tmp_path / "p", "trial", [wish], small_extensions())
    assert session.project.task_settings(TASK).reading is ReadingMode.SECOND_READ
    session.close()


def test_the_simulated_reader_reads_twice_in_a_second_read(session: Session, cohort: PhantomCohort) -> None:
    set_reading_mode(session, TASK, ReadingMode.SECOND_READ)
    simulate(session, TASK, cohort.labels, SimulationOptions(2, 1, 1), Silent())
    assert counted(session, TASK)
    for name in counted(session, TASK):
        history = session.project.annotations.history(name, TASK)
        assert [(found.reader, found.accepted) for found in history] == [(READER, False), (READER, True)]


def _amounts(session: Session, **amounts: float | None) -> None:
    """Let the live model predict amounts."""
    live = session.project.models.live(TASK)
    assert live is not None
    score = CaseScore(0.5, (0.5, 0.5), (), "why")
    new = [NewPrediction(name, score, "", amount=amount) for name, amount in amounts.items()]
    session.project.predictions.replace(TASK, live.number, new)


def test_cases_that_look_negative_stand_apart_with_the_miss_rate(predicted: Session, cohort: PhantomCohort) -> None:
    session = predicted
    label(session, cohort, 2)
    mask = empty_mask(session, "case_003")
    accept_mask(session, TASK, "case_003", mask, Reading("ann"))
    session.project.cases.draw(["case_002", "case_003"], Split.VALIDATION)
    _amounts(session, case_002=0.02, case_003=0.0, case_004=0.05, case_005=0.2, case_006=0.0, case_007=None)
    assert ruled_out(session, TASK) == {}  # only in its mode
    set_reading_mode(session, TASK, ReadingMode.RULE_OUT)
    found = ruled_out(session, TASK)
    assert set(found) == {"case_004", "case_006"}
    assert found["case_004"].startswith("ruled out: 0.05 mL predicted, under 0.1 mL; would miss 1 of 1 positive")
    assert "too few to rely on" in found["case_004"]
    figure = miss_rate(session, TASK)
    assert (figure.missed, figure.positives, figure.cases) == (1, 1, 2)
    items = work_list(session, TASK)
    assert [item.case.name for item in items[-2:]] == ["case_004", "case_006"]
    assert items[-1].rank is None
    assert not {"case_004", "case_006"} & {entry.case for entry in rank(session, TASK)}
    session.project.cases.set_state("case_004", CaseState.IN_PROGRESS)
    assert set(ruled_out(session, TASK)) == {"case_006"}  # what a reader has begun is not ruled out


def test_predicting_in_that_mode_measures_amounts_and_takes_the_validation_set(predicted: Session) -> None:
    session = predicted
    session.project.cases.draw([], Split.VALIDATION)
    set_reading_mode(session, TASK, ReadingMode.RULE_OUT)
    assert miss_rate(session, TASK) == MissRate(0, 0, 0, None)
    assert "unknown" in str(miss_rate(session, TASK))
    opened = open_case(session, TASK, "case_008", "ann")
    _accept(session, opened, "ann")
    session.project.cases.draw(["case_008"], Split.VALIDATION)
    predict(session, TASK, Silent())
    live = session.project.models.live(TASK)
    assert live is not None
    stored = session.project.predictions.by(TASK, live.number)
    assert "case_008" in stored
    assert opened.prediction is not None
    amount = float(np.count_nonzero(opened.prediction)) * np.prod(opened.volumes[0].grid.spacing_mm) / 1000
    assert stored["case_008"].amount == pytest.approx(amount)
    assert miss_rate(session, TASK).cases == 1


def test_a_miss_rate_says_when_it_means_something() -> None:
    from napari_medal.metrics.proportion import proportion_interval

    few = MissRate(0, 10, 20, proportion_interval(0, 10))
    many = MissRate(2, 60, 80, proportion_interval(2, 60))
    assert "too few" in str(few)
    assert str(many) == "would miss 2 of 60 positive validation cases (3%, 95 % interval 0% to 12%)"


def test_a_class_is_ruled_out_by_its_probability(tmp_path: Path, cohort: PhantomCohort) -> None:
    task = "classification"
    session = small_session(tmp_path / "project", task)
    add_cases(session, Source(cohort.images, cohort.classes), Silent())
    train_model(session, task, Silent())
    set_reading_mode(session, task, ReadingMode.RULE_OUT)
    predict(session, task, Silent())
    live = session.project.models.live(task)
    assert live is not None
    stored = session.project.predictions.by(task, live.number)
    assert stored
    for found in stored.values():
        maps = session.project.predictions.maps(found)
        assert maps is not None
        assert found.amount == pytest.approx(float(maps.probabilities[1]), abs=0.01)  # all classes but the first
    figure = miss_rate(session, task)
    assert figure.cases == len(stored) == 2
    session.close()


@pytest.mark.parametrize("is_touched", [False, True], ids=["in place", "on a copy"])
def test_a_simulation_leaves_rejected_cases_out(session: Session, cohort: PhantomCohort, is_touched: bool) -> None:
    reject(session, CASE)
    if is_touched:
        label(session, cohort, 0)
    report = simulate(session, TASK, cohort.labels, SimulationOptions(5, 1, 0), Silent())
    assert (report.project == session.project.folder) is not is_touched
    worked_on = open_session(report.project)
    assert CASE not in worked_on.project.annotations.latest(TASK)
    assert {case.state for case in worked_on.project.cases.all() if case.name == CASE} <= {CaseState.REJECTED}
    worked_on.close()
