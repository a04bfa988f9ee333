"""Folders that are broken, crafted or simply too large for the disk, on their way into a project."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from napari_medal.catalogue.project import open_project
from napari_medal.core.case import CaseState
from napari_medal.core.progress import Silent
from napari_medal.errors import FormatError, NoRoomError, ProjectError
from napari_medal.loop.adding import AddReport, Source, add_cases
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.creating import TaskWish
from napari_medal.loop.interrupted import Interrupted
from napari_medal.loop.making import ProjectWish, make_project
from napari_medal.loop.own_folder import remove_own
from napari_medal.loop.session import Session, session_on
from napari_medal.loop.watching import WatchedFolder
from tests.disk import small_disk
from tests.io.dicom.written import slice_object, write, write_stack
from tests.small import small_extensions, small_session, write_image

FOUND = np.arange(120, dtype=np.int16).reshape(4, 5, 6)
WISH = TaskWish("segmentation", ("1=liver",))
MASK = (FOUND % 3).astype(np.uint8)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    session = small_session(tmp_path / "project")
    yield session
    session.close()


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder of one good image, `good`."""
    write_image(tmp_path / "images" / "good.nii.gz", FOUND)
    return tmp_path / "images"


def _reasons(report: AddReport) -> dict[str, str]:
    return {rejected.case: rejected.reason for rejected in report.broken}


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_links_are_followed_to_files_and_said_where_they_lead_nowhere(
    empty: Session, images: Path, tmp_path: Path
) -> None:
    write_image(tmp_path / "archive" / "far.nii.gz", FOUND + 1)
    (images / "linked.nii.gz").symlink_to(tmp_path / "archive" / "far.nii.gz")
    (images / "gone.nii.gz").symlink_to(tmp_path / "nowhere.nii.gz")
    (images / "round.nii.gz").symlink_to(images / "round.nii.gz")
    (images / "folder").symlink_to(images)
    report = add_cases(empty, Source(images), Silent())
    assert set(_reasons(report)) == {"gone", "round"} | ({"folder"} & set(report.added))
    assert "found no such file" in _reasons(report)["gone"]
    copied = empty.project.cases.get("linked").images[0]
    assert not copied.is_symlink()
    assert copied.read_bytes() == (tmp_path / "archive" / "far.nii.gz").read_bytes()


def test_one_broken_link_does_not_end_the_watch(empty: Session, images: Path) -> None:
    (images / "a.nii.gz").symlink_to(images / "nowhere")
    (images / "round.nii.gz").symlink_to(images / "round.nii.gz")
    (images / "up").symlink_to(images)
    watched = WatchedFolder(Source(images))
    watched.look()
    assert watched.look()
    assert {"good", "a", "round"} <= set(watched.add(empty, Silent()).added)
    assert not watched.look()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_broken_and_the_rest_goes_on(empty: Session, images: Path) -> None:
    write_image(images / "closed.nii.gz", FOUND).chmod(0)
    report = add_cases(empty, Source(images), Silent())
    assert list(_reasons(report)) == ["closed"]
    (images / "shut").mkdir(mode=0)
    with pytest.raises(FormatError, match="shut: found a folder that cannot be read"):
        add_cases(empty, Source(images), Silent())


@pytest.mark.parametrize(
    "name",
    ["../../x.nii.gz", "/etc/x.nii.gz", "images/../../x.nii.gz", "..\\x.nii.gz", "C:\\x.nii.gz", "a\0b", "a\nb", " "],
)
@pytest.mark.parametrize("as_label", [False, True])
def test_a_table_cannot_name_files_elsewhere(empty: Session, images: Path, name: str, as_label: bool) -> None:
    write_image(images.parent / "x.nii.gz", FOUND)
    image, label = ("good.nii.gz", name) if as_label else (name, "good.nii.gz")
    nnunet = {"channel_names": {"0": "CT"}, "file_ending": ".nii.gz", "labels": {"background": 0}, "numTraining": 1}
    for table in (
        {"modality": {"0": "CT"}, "training": [{"image": image, "label": label}]},
        {**nnunet, "dataset": {"good": {"images": [image], "label": label}}},
    ):
        (images / "dataset.json").write_text(json.dumps(table))
        with pytest.raises(FormatError, match=r"dataset\.json: found the file .*; wanted") as refusal:
            add_cases(empty, Source(images), Silent())
        assert repr(name)[1:-1].replace("\\\\", "\\") in str(refusal.value).replace("\\\\", "\\")
    assert empty.project.cases.all() == []


def test_a_file_ending_is_no_way_out(empty: Session, images: Path) -> None:
    table = {"channel_names": {"0": "CT"}, "file_ending": "/../../secret.nii.gz"}
    (images / "dataset.json").write_text(json.dumps(table))
    (images / "labelsTr" / "good").mkdir(parents=True)
    write_image(images / "secret.nii.gz", MASK)
    plain = images.parent / "plain"
    write_image(plain / "good.nii.gz", FOUND)
    for source in (Source(images), Source(plain, images)):
        with pytest.raises(FormatError, match="found the file ending"):
            add_cases(empty, source, Silent())


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "x"])
def test_numbers_that_are_none_are_said(empty: Session, images: Path, number: str) -> None:
    (images / "dataset.json").write_text(json.dumps({"modality": {number: "CT"}, "training": []}))
    with pytest.raises(FormatError, match="found modalities that are no table of numbers"):
        add_cases(empty, Source(images), Silent())


@pytest.mark.parametrize("key", ["..", ".", "", "a/../../b", "../../b", "a\nb\x1b[31m", "x" * 300, "/etc"])
def test_whatever_a_case_is_called_it_stays_in_its_folder(empty: Session, images: Path, key: str) -> None:
    table = {
        "channel_names": {"0": "CT"},
        "file_ending": ".nii.gz",
        "dataset": {key: {"images": ["good.nii.gz"], "label": "good.nii.gz"}},
    }
    (images / "dataset.json").write_text(json.dumps(table))
    before = {path.name for path in empty.project.folder.iterdir()}
    report = add_cases(empty, Source(images), Silent())
    (case,) = empty.project.cases.all()
    assert report.added == (case.name,)
    assert case.images[0].parent == empty.project.folder / "images" / case.name
    assert case.images[0].parent.resolve().parent == empty.project.folder / "images"
    assert {path.name for path in empty.project.folder.iterdir()} == before | {"images", "cache"}


def test_long_names_stay_apart(empty: Session, images: Path) -> None:
    for name in ("x" * 240 + "1", "x" * 240 + "2"):
        write_image(images / f"{name}.nii.gz", FOUND)
    report = add_cases(empty, Source(images), Silent())
    assert len(report.added) == 3
    assert report.broken == ()
    assert max(map(len, report.added)) == 200


@pytest.mark.skipif(sys.platform != "linux", reason="other disks know no such names")
def test_names_that_cannot_be_shown_come_in_under_others(empty: Session, images: Path) -> None:
    (images / "good.nii.gz").rename(os.fsdecode(os.fsencode(images) + b"/M\xfcller.nii.gz"))
    write_image(images / "a\x1b[31m\nb.nii.gz", FOUND + 1)
    (Path(os.fsdecode(os.fsencode(images) + b"/M\xfcnch.nii.gz"))).write_bytes(b"torn")
    report = add_cases(empty, Source(images), Silent())
    assert report.added == ("M_ller", "M_nch", "a__31m_b")
    (reason,) = _reasons(report).values()
    assert reason.isprintable()
    assert "M?nch.nii.gz: found" in reason
    files = [path for case in empty.project.cases.all() for path in case.images]
    assert [path.name for path in files] == ["M_ller.nii.gz", "a__31m_b.nii.gz"]
    assert all(path.is_file() for path in files)


def test_two_patients_and_doubled_objects_in_one_folder(empty: Session, tmp_path: Path) -> None:
    folder = tmp_path / "dicom"
    pixels = np.arange(192, dtype=np.int16).reshape(3, 8, 8)
    for file in write_stack(folder / "a", pixels):
        (folder / f"copy-of-{file.name}").write_bytes(file.read_bytes())
    other = {"PatientID": "OTHER", "PatientName": "Other^One", "StudyInstanceUID": "1.2.4"}
    write_stack(folder / "b", pixels + 1, **other, SeriesInstanceUID="1.2.4.1", FrameOfReferenceUID="1.2.4.9")
    write(slice_object(pixels[0], (0.0, 0.0, 0.0), **other, SeriesInstanceUID="1.2.3.1"), folder / "stray.dcm")
    report = add_cases(empty, Source(folder), Silent())
    usable = [case for case in empty.project.cases.all() if case.state is CaseState.NEW]
    assert len({case.subject for case in usable}) == len(usable)
    for case in usable:
        (volume,) = empty.files.read_case(case.images)
        assert volume.array.shape == (3, 8, 8)
    assert set(report.added) >= {case.name for case in usable}


def test_nothing_is_written_or_deleted_through_a_link(empty: Session, images: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write_image(elsewhere / "good.nii.gz", FOUND + 7)
    before = _contents(elsewhere)
    (empty.project.folder / "images").mkdir(exist_ok=True)
    (empty.project.layout.images("good")).symlink_to(elsewhere)
    report = add_cases(empty, Source(images), Silent())
    assert "found a link in place of the case's folder" in _reasons(report)["good"]
    empty.project.layout.images("good").unlink()
    assert add_cases(empty, Source(images), Silent()).mended == ("good",)

    empty.project.layout.images("good").rename(tmp_path / "moved")
    empty.project.layout.images("good").symlink_to(tmp_path / "moved")
    (volume,) = empty.files.read_case(empty.project.cases.get("good").images)
    place = empty.project.layout.annotation("good", "segmentation", 1).parent
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere)
    with pytest.raises(ProjectError, match="found a link in place"):
        accept_mask(empty, "segmentation", "good", np.zeros(volume.array.shape, np.uint8), Reading("ann"))
    assert empty.project.annotations.history("good", "segmentation") == []

    state = empty.project.layout.interrupted("segmentation")
    for end in (Interrupted(state, 0).clear, lambda: Interrupted(state, 0).keep_only(0), lambda: remove_own(state)):
        state.parent.mkdir(parents=True, exist_ok=True)
        state.symlink_to(elsewhere)
        end()
        assert not state.exists()
    assert _contents(elsewhere) == before


def test_a_project_that_fails_in_a_linked_folder_leaves_the_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(FormatError):
        make_project(
            ProjectWish(tmp_path / "link", "x", (WISH,), Source(tmp_path / "nothing")), small_extensions(), Silent()
        )
    assert list((tmp_path / "disk").iterdir()) == []
    assert (tmp_path / "link").is_symlink()


def _write_cases(folder: Path, count: int) -> None:
    random = np.random.default_rng(0)
    for number in range(count):
        name = f"c{number}.nii"
        write_image(folder / "images" / name, random.integers(0, 999, (20, 20, 20), dtype=np.int16))
        write_image(folder / "labels" / name, random.integers(0, 3, (20, 20, 20), dtype=np.uint8))


@pytest.mark.parametrize("kilobytes", [1500, 2450])
def test_a_full_disk_is_no_broken_case(tmp_path: Path, kilobytes: int) -> None:
    """The disk is full while images come in, or while their labels do."""
    _write_cases(tmp_path / "source", 60)
    source = Source(tmp_path / "source" / "images", tmp_path / "source" / "labels")
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        session = small_session(disk / "project")
        with pytest.raises(NoRoomError, match=r"found no room on the disk \(.*\); wanted more\.") as full:
            add_cases(session, source, Silent())
        session.close()
        _require_sound(disk / "project", source, len(_names(disk / "project")))
        assert f" {len(_names(disk / 'project'))} new cases came in and are whole" in str(full.value)
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        session = small_session_again(disk / "project")
        report = add_cases(session, source, Silent())
        session.close()
        assert len(report.added) + len(report.known_before) == 60
        _require_sound(disk / "project", source, 60)


def small_session_again(folder: Path) -> Session:
    return session_on(open_project(folder), small_extensions(), 1)


def _names(folder: Path) -> list[str]:
    project = open_project(folder)
    names = [case.name for case in project.cases.all()]
    project.close()
    return names


def _require_sound(folder: Path, source: Source, count: int) -> None:
    """Every case of a project is whole, has its label, and nothing else lies about."""
    session = small_session_again(folder)
    cases = session.project.cases.all()
    assert len(cases) == count
    assert {case.state for case in cases} <= {CaseState.ACCEPTED}
    for case in cases:
        assert case.images[0].read_bytes() == (source.images / f"{case.name}.nii").read_bytes()
        (annotation,) = session.project.annotations.history(case.name, "segmentation")
        assert annotation.mask is not None
        assert annotation.mask.is_file()
    kept = {path.name for path in (folder / "images").iterdir()} if cases else set()
    assert kept == {case.name for case in cases}
    assert not list(folder.rglob(".writing-*"))
    session.close()


def test_a_project_that_does_not_fit_is_not_made(tmp_path: Path) -> None:
    _write_cases(tmp_path / "source", 60)
    source = Source(tmp_path / "source" / "images", tmp_path / "source" / "labels")
    with small_disk(tmp_path / "disk", 2000) as disk:
        wish = ProjectWish(disk / "project", "x", (WISH,), source)
        with pytest.raises(NoRoomError, match=r"found no room on the disk .* Nothing was made\."):
            make_project(wish, small_extensions(), Silent())
        assert list(disk.iterdir()) == []


_LIMITED = """
import resource, sys
from pathlib import Path
from napari_medal.core.progress import Silent
from napari_medal.errors import NoRoomError
from napari_medal.loop.adding import Source, add_cases
from tests.small import small_session
session = small_session(Path(sys.argv[1]))
labels = Path(sys.argv[3]) if len(sys.argv) > 3 else None
resource.setrlimit(resource.RLIMIT_FSIZE, (2**20 + 2**19, 2**20 + 2**19))
try:
    add_cases(session, Source(Path(sys.argv[2]), labels), Silent())
except NoRoomError as error:
    print(error)
"""


def test_a_file_that_is_larger_than_may_be_is_no_broken_case(tmp_path: Path, repo_root: Path) -> None:
    _write_cases(tmp_path / "source", 2)
    images = tmp_path / "source" / "images"
    write_image(images / "c5.nii", np.zeros((100, 100, 100), np.int16))
    write_image(images / "c6.nii", FOUND)
    command = [sys.executable, "-c", _LIMITED, str(tmp_path / "project"), str(images)]
    said = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=True).stdout
    assert "2 new cases came in and are whole" in said
    assert _names(tmp_path / "project") == ["c0", "c1"]
    session = small_session_again(tmp_path / "project")
    assert add_cases(session, Source(images), Silent()).added == ("c5", "c6")
    assert all(case.state is CaseState.NEW for case in session.project.cases.all())
    session.close()


def test_a_label_that_there_is_no_room_for_is_not_refused(tmp_path: Path, repo_root: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    shape = (200, 200, 200)
    write_image(images / "a.nii.gz", FOUND)
    write_image(labels / "a.nii.gz", MASK)
    write_image(images / "b.nii.gz", np.zeros(shape, np.uint8))
    write_image(labels / "b.nii.gz", np.random.default_rng(0).integers(0, 3, shape, dtype=np.uint8))
    command = [sys.executable, "-c", _LIMITED, str(tmp_path / "project"), str(images), str(labels)]
    said = subprocess.run(command, cwd=repo_root, capture_output=True, text=True, check=True).stdout
    assert "1 new cases came in and are whole" in said
    assert _names(tmp_path / "project") == ["a"]
    assert [path.name for path in (tmp_path / "project" / "images").iterdir()] == ["a"]
