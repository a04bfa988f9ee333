import numpy as np
import pytest

from napari_medal.catalogue.journal_record import Kind, Record
from napari_medal.catalogue.journal_replay import Standing
from napari_medal.errors import GeometryError, ProjectError
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.opening import open_case
from napari_medal.loop.revisions import read_revision, revisions
from napari_medal.loop.session import Session
from tests.loop.conftest import draw, empty_mask

CASE = "case_000"
TASK = "segmentation"


def test_every_revision_is_listed_and_read(session: Session) -> None:
    assert revisions(session, TASK, CASE) == []
    masks = []
    for number in (1, 2):
        mask = empty_mask(session, CASE)
        mask[number] = number
        accept_mask(session, TASK, CASE, mask, Reading(f"reader {number}", 60.0 * number))
        masks.append(mask)
    found = revisions(session, TASK, CASE)
    assert [entry.title for entry in found] == ["Revision 2", "Revision 1"]
    assert [(entry.reader, entry.seconds_spent) for entry in found] == [("reader 2", 120.0), ("reader 1", 60.0)]
    for entry, mask in zip(found, reversed(masks), strict=True):
        assert np.array_equal(read_revision(session, entry), mask)


def test_work_that_was_put_aside_is_among_them(session: Session) -> None:
    opened = open_case(session, TASK, CASE)
    draw(opened, lambda mask: mask.__setitem__(3, 1))
    accept_mask(session, TASK, CASE, empty_mask(session, CASE), Reading("another"))
    again = open_case(session, TASK, CASE)
    assert again.mask is not None
    assert not again.mask.any(), "the newer revision counts"
    assert [f"unfinished label of {CASE} is put aside" in text for text in again.notices] == [True]
    found = revisions(session, TASK, CASE)
    assert [entry.title for entry in found] == ["Unfinished label", "Revision 1"]
    assert str(found[0].path) in again.notices[0]
    assert np.array_equal(read_revision(session, found[0]), opened.mask)
    assert open_case(session, TASK, CASE).notices == ()
    found[0].path.write_bytes(b"nothing")
    with pytest.raises(ProjectError, match="damaged"):
        read_revision(session, found[0])


def test_unfinished_work_of_another_shape_is_no_revision_to_return_to(session: Session) -> None:
    journal = session.project.journals.begin(CASE, TASK, Standing((2, 2, 2)), np.ones((2, 2, 2), np.uint8))
    journal.append([Record(Kind.LEFT)])
    assert ["it has the shape (2, 2, 2)" in text for text in open_case(session, TASK, CASE).notices] == [True]
    (aside,) = revisions(session, TASK, CASE)
    with pytest.raises(GeometryError, match="shape"):
        read_revision(session, aside)
