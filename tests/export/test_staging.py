import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import ExportError
from napari_medal.export.staging import whole_or_nothing
from tests import disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    with disk.small_disk(tmp_path / "disk", 64) as folder:
        yield folder


def test_a_full_disk_leaves_nothing_and_says_so(small_disk: Path) -> None:
    def write(folder: Path) -> None:
        for number in range(100):
            (folder / f"{number}.bin").write_bytes(bytes(4096))

    with pytest.raises(ExportError, match=r"found no room for the dataset .* Nothing was written"):
        whole_or_nothing(small_disk / "out", Silent(), write)
    assert list(small_disk.iterdir()) == []
    assert whole_or_nothing(small_disk / "out", Silent(), lambda folder: 7) == 7


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_whatever_says_that_there_is_no_room_is_told(tmp_path: Path, number: int) -> None:
    def write(folder: Path) -> None:
        (folder / "half").write_bytes(b"half")
        raise OSError(number, "no room")

    with pytest.raises(ExportError, match="no room"):
        whole_or_nothing(tmp_path / "out", Silent(), write)
    assert list(tmp_path.iterdir()) == []


def test_another_error_of_the_disk_passes_and_leaves_nothing(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    with pytest.raises(OSError, match="the disk is broken"):
        whole_or_nothing(tmp_path / "out", Silent(), write)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    whole_or_nothing(tmp_path / "out", Silent(), lambda folder: (folder / "a").write_text("whole"))
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "disk" / "a").read_text() == "whole"
