import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from napari_medal.atomic import write_atomic
from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.catalogue.project import Project, open_project
from napari_medal.errors import UnknownCaseError


def _writer(content: str) -> Callable[[Path], None]:
    return lambda path: write_atomic(path, lambda temporary: temporary.write_text(content) and None)


def _new(case: str, content: str, task: str = "segmentation", reader: str = "ann") -> NewAnnotation:
    return NewAnnotation(case, task, reader, write_mask=_writer(content))


def test_revisions_count_up_for_each_case_and_task(project: Project) -> None:
    revisions = [
        project.annotations.add(_new(case, "mask", task)).revision
        for case, task in (
            ("case1", "segmentation"),
            ("case1", "segmentation"),
            ("case2", "segmentation"),
            ("case1", "other"),
            ("case1", "segmentation"),
        )
    ]
    assert revisions == [1, 2, 1, 1, 3]


def test_an_earlier_revision_is_never_touched(project: Project) -> None:
    first = project.annotations.add(_new("case1", "first"))
    second = project.annotations.add(_new("case1", "second", reader="bob"))
    history = project.annotations.history("case1", "segmentation")
    assert history == [first, second]
    assert [entry.mask.read_text() for entry in history if entry.mask] == ["first", "second"]
    assert project.annotations.current("segmentation") == {"case1": second}
    assert project.annotations.history("case2", "segmentation") == []


def test_provenance_comes_back(project: Project) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    new = NewAnnotation("case3", "segmentation", "Dr. Ünal", 12.25, 7, 345, _writer("mask"))
    project.annotations.add(new)
    found = project.annotations.current("segmentation")["case3"]
    assert (found.reader, found.seconds_spent, found.started_from, found.voxels_changed) == ("Dr. Ünal", 12.25, 7, 345)
    assert found.class_value is None
    assert found.created_at.tzinfo is UTC
    assert before < found.created_at < datetime.now(UTC) + timedelta(seconds=1)
    with project.database.connect() as connection:
        digest = connection.execute(text("SELECT mask_sha256 FROM annotations")).scalar_one()
    assert digest == hashlib.sha256(b"mask").hexdigest()


def test_a_class_needs_no_file(project: Project) -> None:
    added = project.annotations.add(NewAnnotation("case1", "other", "ann", class_value=0))
    assert (added.class_value, added.mask) == (0, None)
    assert not (project.folder / "annotations").exists()


@pytest.mark.parametrize("value", [0.0, 63.1, -1e-300, 0.1 + 0.2])
def test_a_value_comes_back_bit_for_bit(project: Project, value: float) -> None:
    project.annotations.add(NewAnnotation("case1", "other", "ann", value=value))
    found = project.annotations.current("other")["case1"]
    assert (found.value, found.class_value, found.mask) == (value, None, None)


def test_an_unknown_case_is_refused_before_anything_is_written(project: Project) -> None:
    with pytest.raises(UnknownCaseError, match="no case 'nobody'"):
        project.annotations.add(_new("nobody", "mask"))
    assert not (project.folder / "annotations").exists()


@pytest.mark.parametrize("half", [b"", b"half a ma"])
def test_a_crash_while_the_mask_is_written_leaves_the_earlier_revision(project: Project, half: bytes) -> None:
    first = project.annotations.add(_new("case1", "first"))

    def crash(path: Path) -> None:
        path.write_bytes(half)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        project.annotations.add(NewAnnotation("case1", "segmentation", "ann", write_mask=crash))
    assert project.annotations.history("case1", "segmentation") == [first]
    assert first.mask is not None
    assert first.mask.read_text() == "first"
    again = project.annotations.add(_new("case1", "second"))
    assert again.revision == 2
    assert again.mask is not None
    assert again.mask.read_text() == "second"


def test_eight_threads_accept_eight_cases(project: Project) -> None:
    start = threading.Barrier(8)

    def accept(number: int) -> None:
        start.wait()
        for turn in range(3):
            project.annotations.add(_new(f"case{number}", f"{number} {turn}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(accept, range(8)))
    for number in range(8):
        masks = [entry.mask for entry in project.annotations.history(f"case{number}", "segmentation")]
        assert [mask.read_text() for mask in masks if mask] == [f"{number} {turn}" for turn in range(3)]


def test_two_threads_accept_the_same_case_and_none_is_lost(project: Project) -> None:
    _race(project, project)


def test_two_programs_accept_the_same_case_and_none_is_lost(project: Project) -> None:
    other = open_project(project.folder)
    _race(project, other)
    other.close()


def _race(first: Project, second: Project) -> None:
    """Let two threads add to one case; the writers wait for each other as long as both may be inside."""
    meeting = threading.Barrier(2)

    def accept(project: Project, reader: str) -> None:
        def write(path: Path) -> None:
            with suppress(threading.BrokenBarrierError):  # it breaks when the other one is kept out, as it should be
                meeting.wait(timeout=0.3)
            _writer(reader)(path)

        project.annotations.add(NewAnnotation("case1", "segmentation", reader, write_mask=write))

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(accept, first, "ann"), pool.submit(accept, second, "bob")]:
            future.result()
    history = first.annotations.history("case1", "segmentation")
    assert [entry.revision for entry in history] == [1, 2]
    assert {entry.reader for entry in history} == {"ann", "bob"}
    assert [entry.mask.read_text() for entry in history if entry.mask] == [entry.reader for entry in history]
