import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from napari_medal.atomic import write_atomic, write_text_atomic

HANG_IN_THE_MIDDLE = """
import sys, pathlib
from napari_medal.atomic import write_atomic

def write(path):
    with path.open("w") as stream:
        stream.write("half of the n")
        stream.flush()
        print("half", flush=True)
        sys.stdin.read()

write_atomic(pathlib.Path(sys.argv[1]), write)
"""


def test_text_is_written_as_utf8(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "new.txt", "Größe 3 µm\n")
    assert (tmp_path / "new.txt").read_bytes() == "Größe 3 µm\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["new.txt"]


def test_the_old_file_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    write_text_atomic(target, "new")
    assert target.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_text_atomic(tmp_path / "a/b/file.txt", "new")
    assert (tmp_path / "a/b/file.txt").read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")

    def write(path: Path) -> None:
        path.write_text("half")
        raise error

    with pytest.raises(error):
        write_atomic(target, write)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("name", ["mask.nii.gz", "weights.safetensors", "plain"])
def test_the_writer_sees_the_whole_ending_and_the_same_folder(tmp_path: Path, name: str) -> None:
    seen: list[Path] = []

    def write(path: Path) -> None:
        seen.append(path)
        path.write_text("x")

    write_atomic(tmp_path / name, write)
    (temporary,) = seen
    assert temporary.parent == tmp_path
    assert temporary.suffixes == Path(name).suffixes


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_the_file_gets_the_rights_that_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text_atomic(tmp_path / "file.txt", "new")
    finally:
        os.umask(before)
    assert (tmp_path / "file.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
def test_a_kill_in_the_middle_leaves_the_old_file(tmp_path: Path, repo_root: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    with subprocess.Popen(
        [sys.executable, "-c", HANG_IN_THE_MIDDLE, str(target)],
        env=os.environ | {"PYTHONPATH": str(repo_root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    assert target.read_text() == "old"
    write_text_atomic(target, "new")
    assert target.read_text() == "new"
