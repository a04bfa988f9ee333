"""One reader labels, another verifies: who may, what is kept of both, and how they agree."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.settings import save_settings
from napari_medal.core.case import CaseState, Split
from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import LabelsAs
from napari_medal.core.verification import LearnFrom, Stage, Verification
from napari_medal.errors import ModelError, ProjectError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import IMPORTED, Source, add_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask, accept_value, flag
from napari_medal.loop.counted import counted, taught
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.journalling import accept_drawn
from napari_medal.loop.opening import OpenedCase, open_case
from napari_medal.loop.ranking import WorkItem, work_list
from napari_medal.loop.reader_agreement import reader_agreement
from napari_medal.loop.reading_mode import set_reading_mode
from napari_medal.loop.revisions import revisions
from napari_medal.loop.session import Session, open_session
from napari_medal.loop.starting import Origin
from napari_medal.loop.status import project_status
from napari_medal.loop.training import train_model
from napari_medal.loop.training_run import prepare_run
from napari_medal.loop.verification import stage_of, stages
from napari_medal.loop.verifying import shown_to_verify, verify_as_it_is
from tests.loop.conftest import draw, empty_mask, with_second_reader
from tests.small import small_extensions, small_session

TASK = "segmentation"
CASE = "case_000"


@pytest.fixture
def session(tmp_path: Path, cohort: PhantomCohort) -> Iterator[Session]:
    session = small_session(tmp_path / "project", changes=with_second_reader)
    add_cases(session, Source(cohort.images), Silent())
    yield session
    session.close()


def _label(session: Session, reader: str, name: str = CASE, seconds: float = 100.0, size: int = 4) -> None:
    """Accept a block as a reader's own label."""
    mask = empty_mask(session, name)
    mask[2 : 2 + size, 3:7, 3:7] = 1
    accept_mask(session, TASK, name, mask, Reading(reader, seconds))


def _accept(session: Session, opened: OpenedCase, reader: str, seconds: float = 20.0) -> None:
    """Accept what is shown, as the viewer does."""
    assert opened.mask is not None
    assert opened.journal is not None
    shown = None if opened.label is None else opened.label.identifier
    opened.journal.note_accepting(opened.seconds_of_others + seconds)
    accept_drawn(session, TASK, opened.mask, Reading(reader, seconds, shown=shown), opened.journal)


def _item(session: Session, reader: str, name: str = CASE) -> WorkItem:
    return next(item for item in work_list(session, TASK, reader) if item.case.name == name)


def test_a_label_awaits_another_reader_who_verifies_it_unchanged(session: Session) -> None:
    _label(session, "ann")
    assert [(_item(session, reader).stage) for reader in ("ann", " Ann", "bob", "")] == [
        Stage.AWAITING,
        Stage.AWAITING,
        Stage.TO_VERIFY,
        Stage.TO_VERIFY,
    ]
    assert session.project.cases.get(CASE).state is CaseState.ACCEPTED
    opened = open_case(session, TASK, CASE, "bob")
    assert (opened.origin, opened.stage, opened.standing) == (Origin.ANNOTATION, Stage.TO_VERIFY, "to verify")
    assert opened.label is not None
    assert opened.label.reader == "ann"
    _accept(session, opened, "bob")
    first, second = session.project.annotations.history(CASE, TASK)
    assert second.verified is not None
    assert (second.verified.identifier, second.verified.changed, second.verified.dice) == (first.identifier, 0, 1.0)
    assert (first.reader, first.verified, second.reader) == ("ann", None, "bob")
    assert {_item(session, reader).stage for reader in ("ann", "bob", "eve")} == {Stage.VERIFIED}
    assert _item(session, "ann").reason == "verified by bob: unchanged"
    assert session.project.annotations.first_hand(TASK)[CASE] == first


def test_what_a_second_reader_corrects_is_counted_against_the_first_label(session: Session) -> None:
    _label(session, "ann")
    opened = open_case(session, TASK, CASE, "bob")

    def correct(mask: np.ndarray) -> None:
        mask[2:4, 3:7, 3:7] = 0

    draw(opened, correct)
    _accept(session, opened, "bob")
    verified = session.project.annotations.current(TASK)[CASE].verified
    assert verified is not None
    assert verified.changed == 2 * 16
    assert verified.dice == pytest.approx(2 * 32 / (32 + 64))
    assert _item(session, "ann").reason == "verified by bob: 32 voxels corrected"
    listed = {revision.number: revision.verified for revision in revisions(session, TASK, CASE)}
    assert listed == {1: "", 2: "verified, 32 voxels corrected"}


def test_both_reading_times_are_kept_apart(session: Session) -> None:
    opened = open_case(session, TASK, CASE, "ann")
    draw(opened, lambda mask: mask.__setitem__((2, slice(3, 7), 3), 1), 100.0)
    _accept(session, opened, "ann", 100.0)
    second = open_case(session, TASK, CASE, "bob")
    assert (second.seconds_spent, second.seconds_of_others) == (100.0, 100.0)
    _accept(session, second, "bob", 20.0)
    again = open_case(session, TASK, CASE, "bob")
    assert (again.seconds_spent, again.seconds_of_others) == (120.0, 100.0)
    history = session.project.annotations.history(CASE, TASK)
    assert [found.seconds_spent for found in history] == [100.0, 20.0]
    _label(session, "ann", "case_001")  # and so without any journal
    verify_as_it_is(session, TASK, "case_001", Reading("bob", 20.0))
    own = open_case(session, TASK, "case_001", "bob")
    assert (own.seconds_spent, own.seconds_of_others) == (120.0, 100.0)


def test_strokes_of_a_second_reader_outlive_leaving_and_start_from_the_first_label(session: Session) -> None:
    _label(session, "ann")
    opened = open_case(session, TASK, CASE, "bob")
    assert opened.notices == ()
    draw(opened, lambda mask: mask.__setitem__((9, 9, 9), 2))
    other = open_session(session.project.folder)  # somebody else opens the project meanwhile
    again = open_case(other, TASK, CASE, "bob")
    assert again.origin is Origin.DRAFT
    assert "revision 1, which was accepted" in again.notices[0]
    assert np.array_equal(again.mask, opened.mask)
    _accept(other, again, "bob")
    verified = other.project.annotations.current(TASK)[CASE].verified
    assert verified is not None
    assert verified.changed == 1
    other.close()


def test_nobody_verifies_what_they_were_not_shown_or_what_is_their_own(session: Session) -> None:
    opened = open_case(session, TASK, CASE, "bob")  # before ann has accepted anything
    _label(session, "ann")
    _accept(session, opened, "bob")
    assert session.project.annotations.current(TASK)[CASE].verified is None
    assert _item(session, "ann").stage is Stage.TO_VERIFY
    own = open_case(session, TASK, CASE, "bob")
    assert own.stage is Stage.AWAITING
    _accept(session, own, "bob")
    assert _item(session, "ann").stage is Stage.TO_VERIFY
    shown = open_case(session, TASK, CASE, "ann")
    _accept(session, shown, " BOB ")  # opened as ann, accepted under the other name: still bob's own
    assert session.project.annotations.current(TASK)[CASE].verified is None


def test_a_verified_label_taken_up_again_awaits_another_reader_but_for_its_second_reader(session: Session) -> None:
    _label(session, "ann")
    first = session.project.annotations.current(TASK)[CASE]
    _accept(session, open_case(session, TASK, CASE, "bob"), "bob")
    again = open_case(session, TASK, CASE, "bob")
    draw(again, lambda mask: mask.__setitem__((9, 9, 9), 1))
    _accept(session, again, "bob")
    verified = session.project.annotations.current(TASK)[CASE].verified
    assert verified is not None
    assert (verified.identifier, verified.changed) == (first.identifier, 1)
    _accept(session, open_case(session, TASK, CASE, "ann"), "ann")
    assert _item(session, "bob").stage is Stage.TO_VERIFY
    assert _item(session, "ann").stage is Stage.AWAITING


def test_parts_and_unfinished_labels_and_cases_put_aside_await_nobody(session: Session) -> None:
    mask = empty_mask(session, CASE)
    accept_mask(session, TASK, CASE, mask, Reading("ann", confirmed=((1, 3),)))
    assert _item(session, "bob").stage is Stage.NOT_ASKED
    _label(session, "ann")
    label = session.project.annotations.current(TASK)[CASE]
    part = accept_mask(session, TASK, CASE, mask, Reading("bob", confirmed=((1, 3),), shown=label.identifier))
    assert part.verified is None
    draft = accept_mask(session, TASK, CASE, mask, Reading("bob", finished=False, shown=label.identifier))
    assert draft.verified is None
    _label(session, "ann")
    flag(session, CASE)
    assert CASE not in stages(session, TASK, counted(session, TASK), "bob")


def test_labels_that_came_as_files_are_one_readers(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "files", changes=with_second_reader)
    add_cases(session, Source(cohort.images, cohort.labels, labels_as=LabelsAs.ANNOTATIONS), Silent())
    item = _item(session, "bob")
    assert (item.stage, item.reader) == (Stage.TO_VERIFY, IMPORTED)
    assert [item.stage for item in work_list(session, TASK, "bob")] == [Stage.TO_VERIFY] * 9
    session.close()


def test_those_to_verify_come_after_the_ranked_and_before_all_others(session: Session) -> None:
    for name in ("case_007", "case_002"):
        _label(session, "ann", name)
    _label(session, "bob", "case_004")
    flag(session, "case_000")
    names = [item.case.name for item in work_list(session, TASK, "bob")]
    assert names[-4:] == ["case_002", "case_007", "case_000", "case_004"]


def test_a_second_read_lets_a_second_reader_see_what_they_verify(session: Session) -> None:
    _label(session, "ann")
    set_reading_mode(session, TASK, ReadingMode.SECOND_READ)
    assert open_case(session, TASK, "case_001", "bob").why_hidden
    opened = open_case(session, TASK, CASE, "bob")
    assert (opened.why_hidden, opened.origin) == ("", Origin.ANNOTATION)
    shown = None if opened.label is None else opened.label.identifier
    assert opened.mask is not None
    reading = Reading("bob", mode=ReadingMode.SECOND_READ, shown=shown)
    assert accept_mask(session, TASK, CASE, opened.mask, reading).verified is not None


def test_the_command_line_verifies_what_is_another_readers_and_says_why_not(session: Session) -> None:
    with pytest.raises(ProjectError, match="found no label that was accepted whole"):
        verify_as_it_is(session, TASK, CASE, Reading("bob"))
    _label(session, "ann")
    with pytest.raises(ProjectError, match="that 'ann' accepted; wanted another reader to verify it"):
        verify_as_it_is(session, TASK, CASE, Reading("ANN"))
    with pytest.raises(ProjectError, match="a label is verified as a whole"):
        shown_to_verify(session, TASK, CASE, Reading("bob", confirmed=((1, 2),)))
    verified = verify_as_it_is(session, TASK, CASE, Reading("bob")).verified
    assert verified is not None
    assert verified.changed == 0
    with pytest.raises(ProjectError, match="that 'bob' has verified already"):
        verify_as_it_is(session, TASK, CASE, Reading("eve"))


def test_without_a_second_reader_nothing_is_verified(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "plain")
    add_cases(session, Source(cohort.images), Silent())
    _label(session, "ann")
    opened = open_case(session, TASK, CASE, "bob")
    assert opened.stage is Stage.NOT_ASKED
    _accept(session, opened, "bob")
    assert session.project.annotations.current(TASK)[CASE].verified is None
    assert reader_agreement(session, TASK) is None
    with pytest.raises(ProjectError, match="has no second reader; wanted verification"):
        verify_as_it_is(session, TASK, CASE, Reading("bob"))
    session.close()


def test_models_learn_from_all_labels_or_from_verified_ones_alone(session: Session) -> None:
    _label(session, "ann")
    _label(session, "ann", "case_001")
    verify_as_it_is(session, TASK, CASE, Reading("bob"))
    assert set(taught(session, TASK)) == {CASE, "case_001"}
    settings = session.project.settings
    only = settings.tasks[TASK].model_copy(update={"learn_from": LearnFrom.VERIFIED})
    save_settings(session.project.folder, settings.model_copy(update={"tasks": {TASK: only}}))
    strict = open_session(session.project.folder)
    assert set(taught(strict, TASK)) == {CASE}
    _label(strict, "ann")
    with pytest.raises(ModelError, match="found 2 accepted and none verified"):
        train_model(strict, TASK, Silent())
    strict.close()


def test_a_label_verified_as_it_is_is_not_new_to_the_model(session: Session) -> None:
    for number in range(3):
        _label(session, "ann", f"case_{number:03d}")
    train_model(session, TASK, Silent())
    cases = session.project.cases
    same, corrected = [name for name in taught(session, TASK) if cases.get(name).split is Split.TRAINING]
    verify_as_it_is(session, TASK, same, Reading("bob"))
    opened = open_case(session, TASK, corrected, "bob")
    draw(opened, lambda mask: mask.__setitem__((9, 9, 9), 1))
    _accept(session, opened, "bob")
    run = prepare_run(session, TASK, Silent())
    assert run.train(run.training()).record.fresh == 1


def test_agreement_is_told_with_the_status(session: Session) -> None:
    for number in range(4):
        _label(session, "ann", f"case_{number:03d}")
    verify_as_it_is(session, TASK, "case_000", Reading("bob"))
    mask = empty_mask(session, "case_001")
    mask[2:6, 3:7, 3:5] = 1
    accept_mask(session, TASK, "case_001", mask, shown_to_verify(session, TASK, "case_001", Reading("bob")))
    (task,) = project_status(session).tasks
    found = task.second_reader
    assert found is not None
    assert (found.awaiting, found.verified, found.corrected) == (2, 2, 1)
    dice = found.figures["Dice"]
    assert dice.value == pytest.approx((1.0 + 2 / 3) / 2)
    assert dice.low < dice.value < dice.high
    assert found.in_words.startswith("Second reader: 2 to verify, 2 verified, 1 of them corrected; Dice 0.833 [")


def test_classes_and_numbers_are_verified_too(tmp_path: Path, cohort: PhantomCohort) -> None:
    session = small_session(tmp_path / "answers", "classification", "regression", changes=with_second_reader)
    add_cases(session, Source(cohort.images), Silent())
    for number in range(6):
        name = f"case_{number:03d}"
        accept_class(session, "classification", name, number % 2, Reading("ann"))
        accept_value(session, "regression", name, 5.0 * number, Reading("ann"))
        for task in ("classification", "regression"):
            label = session.project.annotations.current(task)[name]
            assert stage_of(session, task, label, "bob") is Stage.TO_VERIFY
    for number in range(5):
        name = f"case_{number:03d}"
        verify_as_it_is(session, "classification", name, Reading("bob"))
        reading = shown_to_verify(session, "regression", name, Reading("bob"))
        accept_value(session, "regression", name, 5.0 * number + 1.0, reading)
    reading = shown_to_verify(session, "classification", "case_005", Reading("bob"))
    accept_class(session, "classification", "case_005", 0, reading)
    classes, values = (reader_agreement(session, task) for task in ("classification", "regression"))
    assert classes is not None
    assert values is not None
    assert (classes.awaiting, classes.verified, classes.corrected) == (0, 6, 1)
    assert classes.figures["kappa"].value == pytest.approx(2 / 3)
    assert (values.awaiting, values.verified, values.corrected) == (1, 5, 5)
    assert values.figures["bias"].value == pytest.approx(1.0)
    assert values.figures["upper limit"].value == pytest.approx(1.0)
    assert 0.9 < values.figures["ICC"].value < 1.0
    session.close()


def test_a_new_project_may_want_second_readers(tmp_path: Path) -> None:
    session = new_project(
        tmp_path / "p",
        "trial",
        [TaskWish(TASK, ("liver",), verification=Verification.SECOND_READER)],
        small_extensions(),
    )
    other = open_session(session.project.folder)
    assert other.project.task_settings(TASK).verification is Verification.SECOND_READER
    assert isinstance(other.scheme(TASK), LabelScheme)
    other.close()
    session.close()
