"""What a reader comes back to: work in progress, revisions, drafts of earlier versions."""

from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.case import CaseState
from napari_medal.errors import GeometryError, ProjectError
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.journalling import CaseJournal, accept_drawn
from napari_medal.loop.opening import OpenedCase, open_case, unfinished_case
from napari_medal.loop.session import Session
from napari_medal.loop.starting import Origin
from tests.loop.conftest import READING, draw, empty_mask

CASE = "case_000"
TASK = "segmentation"


def journal_of(opened: OpenedCase) -> CaseJournal:
    assert opened.journal is not None
    return opened.journal


def mask_of(opened: OpenedCase) -> np.ndarray:
    assert opened.mask is not None
    return opened.mask


def fill(slice_number: int, value: int = 1):
    def change(mask: np.ndarray) -> None:
        mask[slice_number] = value

    return change


def accept(session: Session, opened: OpenedCase, seconds: float = 9.0) -> None:
    journal_of(opened).note_accepting(seconds)
    accept_drawn(session, TASK, mask_of(opened), Reading("ann", seconds), journal_of(opened))


def test_looking_at_a_case_leaves_nothing(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    journal_of(opened).note_left(1.0)
    journal_of(opened).write()
    assert not (session.project.folder / "drafts").exists()
    accept(session, opened)
    assert not (session.project.folder / "drafts").exists()
    assert open_case(session, TASK, CASE).origin is Origin.ANNOTATION


def test_a_reader_comes_back_to_the_label_and_its_steps(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1), 3.0)
    draw(opened, fill(2, 2), 4.0)
    journal_of(opened).note_undone(5.0)
    journal_of(opened).write()
    assert unfinished_case(session) == (TASK, CASE)
    died = open_case(session, TASK, CASE)
    assert (died.origin, died.restored, died.seconds_spent) == (Origin.DRAFT, 1, 5.0)
    assert session.project.cases.get(CASE).state is CaseState.IN_PROGRESS
    assert (len(died.undo), len(died.redo)) == (1, 1)
    assert np.unique(mask_of(died)).tolist() == [0, 1]
    journal_of(died).note_left(6.0)
    journal_of(died).write()
    assert unfinished_case(session) is None
    left = open_case(session, TASK, CASE)
    assert (left.origin, left.restored, left.seconds_spent) == (Origin.DRAFT, 0, 6.0)
    assert (len(left.undo), len(left.redo)) == (1, 1)


def test_steps_outlive_accepting(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    accept(session, opened)
    again = open_case(session, TASK, CASE)
    assert (again.origin, again.restored, len(again.undo)) == (Origin.ANNOTATION, 0, 1)
    assert again.seconds_spent == 9.0
    again.undo[0].revert(mask_of(again))
    assert not mask_of(again).any()


def test_strokes_drawn_while_an_answer_is_on_its_way_are_kept(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    sent = mask_of(opened).copy()
    journal_of(opened).note_accepting(2.0)
    draw(opened, fill(2, 2), 3.0)
    accept_drawn(session, TASK, sent, Reading("ann", 2.0), journal_of(opened))
    again = open_case(session, TASK, CASE)
    assert again.origin is Origin.DRAFT
    assert np.array_equal(mask_of(again), mask_of(opened))
    assert again.seconds_spent == 3.0
    assert len(again.undo) == 2
    assert again.notices == ()


def test_a_program_that_died_between_an_answer_and_its_note_knows_better_afterwards(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    journal_of(opened).note_accepting(2.0)
    journal_of(opened).write()
    accept_mask(session, TASK, CASE, mask_of(opened), READING)
    again = open_case(session, TASK, CASE)
    assert (again.origin, len(again.undo), again.notices) == (Origin.ANNOTATION, 1, ())
    assert unfinished_case(session) is None


def test_an_answer_that_was_refused_or_never_came_is_forgotten(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1, 9))
    journal_of(opened).note_accepting(2.0)
    with pytest.raises(GeometryError, match="label values 9"):
        accept_drawn(session, TASK, mask_of(opened), READING, journal_of(opened))
    journal_of(opened).write()
    kept = session.project.journals.load(CASE, TASK)
    assert kept is not None
    assert kept.marked is None
    journal_of(opened).note_accepting(3.0)
    journal_of(opened).write()
    assert open_case(session, TASK, CASE).origin is Origin.DRAFT
    kept = session.project.journals.load(CASE, TASK)
    assert kept is not None
    assert kept.marked is None
    assert unfinished_case(session) == (TASK, CASE), "it is as open as it was"


def test_predictions_never_win_over_what_was_drawn_and_erased(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    draw(opened, fill(1, 0))
    assert open_case(session, TASK, CASE).origin is Origin.DRAFT


def test_a_journal_that_leads_elsewhere_than_the_accepted_label_is_not_gone_on_with(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    mask = mask_of(opened).copy()
    mask[0, 0, 0] = 2  # by hands that told nobody
    journal_of(opened).note_accepting(2.0)
    accept_drawn(session, TASK, mask, READING, journal_of(opened))
    again = open_case(session, TASK, CASE)
    assert np.array_equal(mask_of(again), mask)
    assert (again.origin, again.undo, again.notices) == (Origin.ANNOTATION, (), ())
    draw(again, fill(3))
    assert len(open_case(session, TASK, CASE).undo) == 1


def write_draft(session: Session, mask: np.ndarray) -> Path:
    """Write work in progress as version 0.1.0 did before it kept journals."""
    path = session.project.layout.draft(CASE, TASK)
    path.parent.mkdir(parents=True)
    np.savez_compressed(path, mask=mask, seconds=np.float64(61.5), started_from=np.int64(2))
    return path


def test_a_draft_of_an_earlier_version_is_taken_over_once(session: Session) -> None:
    mask = empty_mask(session, CASE)
    mask[4] = 2
    path = write_draft(session, mask)
    opened = open_case(session, TASK, CASE)
    assert (opened.origin, opened.seconds_spent, opened.started_from) == (Origin.DRAFT, 61.5, 2)
    assert (opened.restored, opened.undo) == (0, ())
    assert np.array_equal(mask_of(opened), mask)
    assert not path.exists()
    draw(opened, fill(5))
    again = open_case(session, TASK, CASE)
    assert np.array_equal(mask_of(again), mask_of(opened))
    assert len(again.undo) == 1


def test_a_draft_of_an_earlier_version_is_not_lost_when_a_mask_is_accepted(session: Session) -> None:
    mask = empty_mask(session, CASE)
    mask[4] = 2
    write_draft(session, mask)
    accept_mask(session, TASK, CASE, empty_mask(session, CASE), READING)
    opened = open_case(session, TASK, CASE)
    assert opened.origin is Origin.ANNOTATION
    assert len(opened.notices) == 1
    (aside,) = session.project.journals.aside(CASE, TASK)
    assert np.array_equal(session.project.journals.read_aside(aside.path), mask)


def test_a_damaged_draft_is_said_and_left(session: Session) -> None:
    path = write_draft(session, empty_mask(session, CASE))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(ProjectError, match="damaged"):
        open_case(session, TASK, CASE)
    assert path.exists()


def test_a_damaged_journal_is_told_and_the_case_opens(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    first = session.project.layout.journal(CASE, TASK).stat().st_size
    draw(opened, fill(2))
    path = session.project.layout.journal(CASE, TASK)
    content = bytearray(path.read_bytes())
    content[first + 30] ^= 1
    path.write_bytes(content)
    again = open_case(session, TASK, CASE)
    assert ["The 1 strokes before are restored" in text for text in again.problems] == [True]
    assert np.flatnonzero(mask_of(again).any(axis=(1, 2))).tolist() == [1]
    path.write_bytes(b"nothing")
    lost = open_case(session, TASK, CASE)
    assert ["damaged from its beginning" in text for text in lost.problems] == [True]
    assert lost.origin is Origin.EMPTY


def test_a_case_that_is_gone_is_not_opened_by_itself(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, fill(1))
    session.project.cases.set_broken(CASE, "torn")
    assert unfinished_case(session) is None
