"""The thread that writes what is drawn."""

import threading
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.journal_replay import Standing
from napari_medal.catalogue.journals import Journals
from napari_medal.catalogue.layout import Layout
from napari_medal.core.stroke import Stroke
from napari_medal.errors import ProjectError
from napari_medal.gui.journal_keeper import JournalKeeper
from napari_medal.loop.journalling import CaseJournal

SHAPE = (2, 4, 4)


def journal(folder: Path, case: str) -> CaseJournal:
    journals = Journals(Layout(folder))
    return CaseJournal(case, journals.begin(case, "task", Standing(SHAPE), np.zeros(SHAPE, np.uint8)))


def stroke(voxel: int) -> Stroke:
    return Stroke(np.array([voxel]), np.zeros(1, np.uint8), np.ones(1, np.uint8))


def drawn(folder: Path, case: str) -> list[int]:
    kept = Journals(Layout(folder)).load(case, "task")
    return [] if kept is None else np.flatnonzero(kept.replay.mask).tolist()


@pytest.fixture
def keeper(qtbot):
    keeper = JournalKeeper()
    yield keeper
    keeper.close(5.0)


def test_noting_waits_for_nobody(keeper, tmp_path, qtbot):
    go_on = threading.Event()
    kept = journal(tmp_path, "a")

    def slow() -> Stroke:
        go_on.wait(10)
        return stroke(1)

    kept.note_stroke(slow, 1.0)
    keeper.write(kept)
    kept.note_stroke(lambda: stroke(2), 2.0)
    keeper.write(kept)
    assert kept.is_pending
    assert drawn(tmp_path, "a") == []
    go_on.set()
    qtbot.waitUntil(lambda: not kept.is_pending, timeout=10_000)
    assert drawn(tmp_path, "a") == [1, 2]


def test_a_case_whose_journal_cannot_be_written_holds_no_other_up(keeper, tmp_path, qtbot):
    bad, good = journal(tmp_path / "gone", "a"), journal(tmp_path, "b")
    with qtbot.waitSignal(keeper.failed, timeout=10_000) as said:
        bad.note_stroke(lambda: stroke(1), 1.0)
        keeper.write(bad)
    assert "a are not on the disk yet" in str(said.args[0])
    good.note_stroke(lambda: stroke(2), 1.0)
    keeper.write(good)
    qtbot.waitUntil(lambda: not good.is_pending, timeout=10_000)
    keeper.settle("b")
    with pytest.raises(ProjectError, match="not on the disk"):
        keeper.settle("a")
    (tmp_path / "gone").mkdir()
    with qtbot.waitSignal(keeper.told, timeout=10_000):
        pass
    assert drawn(tmp_path / "gone", "a") == [1]


def test_closing_writes_what_is_left(keeper, tmp_path):
    kept = journal(tmp_path, "a")
    kept.note_stroke(lambda: stroke(3), 1.0)
    keeper.write(kept)
    assert keeper.close(10.0)
    assert drawn(tmp_path, "a") == [3]


def test_closing_over_a_disk_that_fails_ends_and_says_so(keeper, tmp_path, monkeypatch):
    monkeypatch.setattr("napari_medal.gui.journal_keeper._GIVE_UP_SECONDS", 0.3)
    kept = journal(tmp_path / "gone", "a")
    kept.note_stroke(lambda: stroke(3), 1.0)
    keeper.write(kept)
    assert not keeper.close(10.0)
