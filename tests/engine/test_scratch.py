import os
from pathlib import Path

import numpy as np
import pytest

from napari_medal.engine.scratch import Scratch
from napari_medal.errors import ModelError

ONE = 8000
"""Bytes of the arrays below; their files are a little larger."""


def _arrays(value: float = 0.0) -> dict[str, np.ndarray]:
    return {"image": np.full((10, 10, 10), value)}


def _held(scratch: Scratch, *keys: str) -> list[str]:
    return [key for key in keys if scratch.find(key) is not None]


def test_what_was_kept_is_found_by_the_next_process_too(tmp_path: Path) -> None:
    kept = Scratch(tmp_path / "cache").keep("a", _arrays(3.0))
    assert (kept["image"] == 3.0).all()
    found = Scratch(tmp_path / "cache").find("a")
    assert found is not None
    assert (found["image"] == 3.0).all()
    assert Scratch(tmp_path / "cache").find("b") is None


def test_the_least_recently_used_goes_first_and_what_is_in_use_stays(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, 3 * ONE + 2000)
    for number, key in enumerate("abc"):
        scratch.keep(key, _arrays())
        path = scratch._path(key)
        os.utime(path, ns=(number, number))
    in_use = scratch.find("a")
    os.utime(scratch._path("a"), ns=(0, 0))
    scratch.keep("d", _arrays())
    assert _held(scratch, *"abcd") == ["a", "c", "d"]
    del in_use
    for number, key in enumerate("acd"):
        os.utime(scratch._path(key), ns=(number, number))
    scratch.keep("e", _arrays())
    assert _held(scratch, *"acde") == ["c", "d", "e"]


def test_what_was_looked_for_counts_as_used(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, 2 * ONE + 2000)
    for number, key in enumerate("ab"):
        scratch.keep(key, _arrays())
        os.utime(scratch._path(key), ns=(number, number))
    assert _held(scratch, "a") == ["a"]
    scratch.keep("c", _arrays())
    assert _held(scratch, *"abc") == ["a", "c"]


def test_no_room_is_said_in_words(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, ONE + 2000)
    held = scratch.keep("a", _arrays())
    with pytest.raises(ModelError, match=r"raise training\.cache_gb"):
        scratch.keep("b", _arrays())
    assert (held["image"] == 0).all()
    with pytest.raises(ModelError, match="found room"):
        Scratch(tmp_path / "other", ONE - 1).keep("a", _arrays())


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    scratch.keep("a", _arrays())
    path = scratch._path("a")
    path.write_bytes(path.read_bytes()[:-30])
    assert scratch.find("a") is None
    assert not path.exists()
    assert (scratch.keep("a", _arrays(2.0))["image"] == 2.0).all()


def test_what_a_killed_process_left_half_written_is_neither_found_nor_left(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    old, young = tmp_path / ".writing-old.npz", tmp_path / ".writing-young.npz"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (0, 0))
    scratch.keep("a", _arrays())
    assert not old.exists()
    assert young.exists()


def test_the_folder_may_be_deleted_at_any_time(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "cache")
    held = scratch.keep("a", _arrays(1.0))
    scratch._path("a").unlink()
    (tmp_path / "cache").rmdir()
    assert (held["image"] == 1.0).all()
    assert scratch.find("a") is None
    scratch.keep("a", _arrays())
    assert _held(scratch, "a") == ["a"]
