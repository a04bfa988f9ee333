import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import ExportError
from napari_medal.export.staging import whole_or_nothing


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.name == "posix"
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("this user cannot make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


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
