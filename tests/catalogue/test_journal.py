"""A journal on the disk: what comes back, whatever happens to the file."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.catalogue import journal as journal_module
from napari_medal.catalogue.journal import Journal
from napari_medal.catalogue.journal_record import Kind, Record, scan
from napari_medal.catalogue.journal_replay import STEPS_KEPT, Standing, accepted_record, stroke_record
from napari_medal.catalogue.journals import Journals, KeptWork
from napari_medal.catalogue.layout import Layout
from napari_medal.core.stroke import Stroke
from napari_medal.errors import ProjectError
from tests.catalogue.strokes import Model, random_stroke

SHAPE = (3, 6, 5)
PLACE = ("case", "segmentation")


def begin(folder: Path, mask: np.ndarray | None = None) -> Journal:
    mask = np.zeros(SHAPE, np.uint8) if mask is None else mask
    return Journals(Layout(folder)).begin(*PLACE, Standing(mask.shape, 4), mask)


def load(folder: Path) -> KeptWork:
    kept = Journals(Layout(folder)).load(*PLACE)
    assert kept is not None
    return kept


def stroke(*voxels: int, value: int = 1, seconds: float = 0.0) -> Record:
    size = len(voxels)
    drawn = Stroke(np.array(voxels, np.int64), np.zeros(size, np.uint8), np.full(size, value, np.uint8))
    return stroke_record(drawn, seconds)


def written(folder: Path, seed: int, steps: int) -> tuple[list[np.ndarray], list[int]]:
    """Write a random journal; return the mask after each step, the base first, and where each record ends."""
    rng = np.random.default_rng(seed)
    model = Model(rng.integers(0, 3, SHAPE, dtype=np.uint8))
    journal = begin(folder, model.mask)
    states, ends = [model.mask.copy()], []
    for number in range(steps):
        journal.append([model.step(rng, float(number))])
        states.append(model.mask.copy())
        ends.append(journal.path.stat().st_size)
    return states, ends


def test_what_is_drawn_comes_back_with_its_steps(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    assert not journal.path.exists(), "looking at a case writes nothing"
    journal.append([stroke(1, 2, seconds=3.0), stroke(7, value=2, seconds=5.5)])
    journal.append([Record(Kind.UNDO, 6.25)])
    kept = load(tmp_path)
    assert np.flatnonzero(kept.replay.mask).tolist() == [1, 2]
    assert [len(step) for step in kept.replay.undo] == [2]
    assert [step.after.tolist() for step in kept.replay.redo] == [[2]]
    assert kept.replay.seconds == 6.25
    assert kept.replay.standing == Standing(SHAPE, 4, 0, is_changed=True, is_open=True, drawn=1)
    assert kept.problem == ""


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 12))
def test_a_journal_cut_off_anywhere_holds_every_whole_step(tmp_path_factory, seed, steps) -> None:
    folder = tmp_path_factory.mktemp("cut")
    states, ends = written(folder, seed, steps)
    path = Layout(folder).journal(*PLACE)
    content = path.read_bytes()
    rng = np.random.default_rng(seed)
    for cut in rng.integers(ends[0], len(content) + 1, 40):
        whole = sum(end <= cut for end in ends)
        path.write_bytes(content[:cut])
        kept = load(folder)
        assert np.array_equal(kept.replay.mask, states[whole])
        assert kept.problem == "", "a record that was being written is no damage"
        kept.journal.append([stroke(4)])
        again = load(folder)
        assert again.problem == ""
        expected = states[whole].copy()
        expected.reshape(-1)[4] = 1
        assert np.array_equal(again.replay.mask, expected)


def test_every_cut_of_one_journal(tmp_path: Path) -> None:
    states, ends = written(tmp_path, seed=5, steps=6)
    path = Layout(tmp_path).journal(*PLACE)
    content = path.read_bytes()
    for cut in range(len(content)):
        found = scan(content[:cut])
        changes = [record for record in found.records if record.kind.is_change]
        assert len(changes) == sum(end <= cut for end in ends)
        path.write_bytes(content[:cut])
        if found.records:
            assert np.array_equal(load(tmp_path).replay.mask, states[len(changes)])
        else:
            with pytest.raises(ProjectError, match="damaged from its beginning"):
                load(tmp_path)
            assert not path.exists()


def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    _, ends = written(tmp_path, seed=7, steps=5)
    path = Layout(tmp_path).journal(*PLACE)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= int(rng.integers(1, 256))
        found = scan(bytes(damaged))
        assert found.damage, place
        assert len([record for record in found.records if record.kind.is_change]) == sum(end <= place for end in ends)


@pytest.mark.parametrize("last", [False, True])
def test_damage_is_told_once_and_the_file_is_kept(tmp_path: Path, last: bool) -> None:
    states, ends = written(tmp_path, seed=7, steps=5)
    path = Layout(tmp_path).journal(*PLACE)
    content = bytearray(path.read_bytes())
    place = ends[4] - 12 if last else ends[2] + 25
    content[place] ^= 0x10
    path.write_bytes(content)
    kept = load(tmp_path)
    assert np.array_equal(kept.replay.mask, states[4 if last else 3])
    assert str(path) in kept.problem
    assert "restored" in kept.problem
    aside = Journals(Layout(tmp_path)).aside(*PLACE)
    assert [work.path.read_bytes() for work in aside] == [bytes(content)]
    assert str(aside[0].path) in kept.problem
    assert np.array_equal(Journals(Layout(tmp_path)).read_aside(aside[0].path), kept.replay.mask)
    again = load(tmp_path)
    assert again.problem == ""
    assert np.array_equal(again.replay.mask, kept.replay.mask)


def test_an_end_that_the_disk_never_wrote_is_cut_off(tmp_path: Path) -> None:
    """After a power failure the file may be as long as it should be, with zeros for what was not written."""
    states, ends = written(tmp_path, seed=3, steps=4)
    path = Layout(tmp_path).journal(*PLACE)
    content = path.read_bytes()
    path.write_bytes(content[: ends[2] + 9] + b"\0" * (ends[3] - ends[2] - 9))
    kept = load(tmp_path)
    assert kept.problem == ""
    assert np.array_equal(kept.replay.mask, states[3])


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 260))
def test_folding_changes_nothing_that_counts(tmp_path_factory, seed, steps) -> None:
    folder = tmp_path_factory.mktemp("fold")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_module, "LONGEST_RECORDS", 50)
        rng = np.random.default_rng(seed)
        model = Model(np.zeros(SHAPE, np.uint8))
        journal = begin(folder)
        for number in range(steps):
            journal.append([model.step(rng, float(number))])
        kept = load(folder)
        assert np.array_equal(kept.replay.mask, model.mask)
        assert kept.replay.standing.is_open
        assert kept.replay.seconds == steps - 1
        records = scan(journal.path.read_bytes()).records
        assert len(records) <= 50 + STEPS_KEPT * 2 + 3
        mask = kept.replay.mask
        assert (len(kept.replay.undo), len(kept.replay.redo)) == (len(model.undo), len(model.redo))
        for step, before in zip(reversed(kept.replay.undo), reversed(model.undo), strict=True):
            step.revert(mask)
            assert np.array_equal(mask, before)


def test_a_folded_journal_stands_where_it_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "LONGEST_RECORDS", 6)
    journal = begin(tmp_path)
    whole = np.full(SHAPE, 2, np.uint8)
    from napari_medal.catalogue.mask_code import encode_mask

    journal.append([stroke(1), Record(Kind.REPLACED, 1.0, encode_mask(whole)), stroke(2), Record(Kind.UNDO, 2.0)])
    journal.append([Record(Kind.ACCEPTING, 3.0), accepted_record(3, 4.0), Record(Kind.LEFT, 5.0)])
    kept = load(tmp_path)
    assert kept.replay.standing == Standing(SHAPE, 4, 3)
    assert kept.replay.seconds == 5.0
    assert scan(journal.path.read_bytes()).records[-1].kind is Kind.LEFT
    expected = whole.copy()
    expected.reshape(-1)[2] = 0  # as the stroke says
    assert np.array_equal(kept.replay.mask, expected)
    assert (len(kept.replay.undo), len(kept.replay.redo)) == (1, 1)


def test_a_full_disk_leaves_the_journal_whole_and_the_next_try_goes_on(tmp_path, monkeypatch) -> None:
    journal = begin(tmp_path)
    journal.append([stroke(1)])
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        journal.append([stroke(2)])
    monkeypatch.setattr(os, "fsync", real)
    journal.append([stroke(2), stroke(3)])
    assert np.flatnonzero(load(tmp_path).replay.mask).tolist() == [1, 2, 3]
    assert len(load(tmp_path).replay.undo) == 3


def test_a_journal_that_was_deleted_is_written_anew(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.append([stroke(1)])
    journal.path.unlink()
    journal.append([stroke(2)])
    assert np.flatnonzero(load(tmp_path).replay.mask).tolist() == [1, 2]


def test_a_project_that_is_out_of_reach_is_not_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    journal = begin(folder)
    journal.append([stroke(1)])
    folder.rename(tmp_path / "gone")
    with pytest.raises(FileNotFoundError, match="cannot be reached"):
        journal.append([stroke(2)])
    assert not folder.exists()
    (tmp_path / "gone").rename(folder)
    journal.append([stroke(2)])
    assert np.flatnonzero(load(folder).replay.mask).tolist() == [1, 2]


def test_two_programs_on_one_case_lose_nothing(tmp_path: Path) -> None:
    first = begin(tmp_path)
    first.append([stroke(1)])
    second = load(tmp_path).journal
    second.append([stroke(2)])
    first.append([stroke(3)])
    journals = Journals(Layout(tmp_path))
    assert np.flatnonzero(load(tmp_path).replay.mask).tolist() == [1, 3]
    aside = [np.flatnonzero(journals.read_aside(work.path)).tolist() for work in journals.aside(*PLACE)]
    assert aside == [[1, 2]]
    second.append([Record(Kind.LEFT)])
    assert np.flatnonzero(load(tmp_path).replay.mask).tolist() == [1, 3], "leaving is no reason to put anything aside"


def test_a_mask_on_its_way_to_a_revision_is_known(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.append([stroke(1), Record(Kind.ACCEPTING, 1.0), stroke(2)])
    kept = load(tmp_path)
    assert kept.marked is not None
    assert np.flatnonzero(kept.marked).tolist() == [1]
    journal.append([accepted_record(1, 1.0)])
    kept = load(tmp_path)
    assert kept.marked is None
    standing = kept.replay.standing
    assert (standing.revision, standing.is_changed, standing.is_open) == (1, True, True)
    journal.append([Record(Kind.ACCEPTING, 1.0), accepted_record(2, 2.0)])
    assert load(tmp_path).replay.standing == replace(standing, revision=2, is_changed=False, is_open=False, drawn=0)


def test_the_case_that_was_being_read_is_found(tmp_path: Path) -> None:
    journals = Journals(Layout(tmp_path))
    assert journals.unfinished(["segmentation"]) is None
    made = {}
    for number, name in enumerate(("a", "b.c", "d")):
        made[name] = journals.begin(name, "segmentation", Standing(SHAPE), np.zeros(SHAPE, np.uint8))
        made[name].append([stroke(1)])
        os.utime(made[name].path, (number, number))
    made["d"].append([Record(Kind.LEFT)])
    assert journals.unfinished(["segmentation"]) == ("segmentation", "b.c")
    made["b.c"].append([accepted_record(1, 0.0)])
    assert journals.unfinished(["segmentation"]) == ("segmentation", "a")
    assert journals.unfinished(["other"]) is None


def test_a_random_journal_is_one_step_each(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    mask = np.zeros(SHAPE, np.uint8)
    journal = begin(tmp_path)
    for _ in range(5):
        drawn = random_stroke(rng, mask)
        drawn.apply(mask)
        journal.append([stroke_record(drawn, 0.0)])
    assert len(load(tmp_path).replay.undo) == 5
    assert np.array_equal(load(tmp_path).replay.mask, mask)
