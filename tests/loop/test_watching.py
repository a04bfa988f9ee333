"""A watched folder: what has settled comes in, what is being written waits, and what is broken is told of once."""

import os
import shutil
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.progress import Silent
from napari_medal.errors import FormatError
from napari_medal.loop.adding import Source
from napari_medal.loop.watching import WatchedFolder
from tests.small import small_session, write_image

IMAGE = np.random.default_rng(0).normal(100, 10, (9, 10, 6)).astype(np.float32)


@pytest.fixture
def empty(tmp_path: Path):
    session = small_session(tmp_path / "project")
    yield session
    session.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def _names(session) -> list[str]:
    return [case.name for case in session.project.cases.all()]


def _of(path: Path, *more: Path) -> FoundCase:
    return FoundCase(path.name, (FoundImage((path, *more)),))


def test_what_has_settled_is_added_and_nothing_twice(empty, inbox):
    watched = WatchedFolder(Source(inbox))
    assert not watched.look()
    write_image(inbox / "first.nii.gz", IMAGE)
    assert not watched.look(), "seen for the first time"
    assert watched.look()
    assert watched.add(empty, Silent()).added == ("first",)
    assert not watched.look()
    write_image(inbox / "second.nii.gz", IMAGE)
    assert [watched.look(), watched.look()] == [False, True]
    assert watched.add(empty, Silent()).added == ("second",)
    assert _names(empty) == ["first", "second"]


def test_a_file_that_still_grows_waits_and_the_others_do_not(empty, inbox):
    whole = write_image(inbox / "whole.nii.gz", IMAGE)
    content = whole.read_bytes()
    watched = WatchedFolder(Source(inbox))
    watched.look()
    for share in (4, 2, 1):
        (inbox / "late.nii.gz").write_bytes(content[: len(content) // share])
        if watched.look():
            watched.add(empty, Silent())
        assert _names(empty) == ["whole"]
    assert watched.look()
    assert watched.add(empty, Silent()).broken == ()
    assert _names(empty) == ["late", "whole"]


def test_a_file_of_settled_size_that_is_written_into_waits(inbox):
    path = write_image(inbox / "a.nii.gz", IMAGE)
    watched = WatchedFolder(Source(inbox))
    watched.look()
    os.utime(path, ns=(1, 1))
    assert not watched.look()
    assert watched.look()


def test_a_broken_case_is_told_of_once_and_again_when_it_has_changed(empty, inbox):
    bad = inbox / "bad.nii.gz"
    bad.write_bytes(b"<html>Not found</html>")
    watched = WatchedFolder(Source(inbox))
    watched.look()
    assert watched.look()
    assert [entry.case for entry in watched.add(empty, Silent()).broken] == ["bad"]
    assert not watched.look()
    write_image(inbox / "good.nii.gz", IMAGE)
    watched.look()
    assert watched.look()
    assert not watched.is_due(_of(bad))
    report = watched.add(empty, Silent())
    assert (report.added, report.broken) == (("good",), ())
    write_image(bad, IMAGE)
    watched.look()
    assert watched.look()
    assert watched.is_due(_of(bad))
    assert watched.add(empty, Silent()).mended == ("bad",)


def test_a_case_in_many_files_waits_for_everything_in_their_folder(inbox):
    series = inbox / "series"
    series.mkdir()
    slices = [series / f"{number}.dcm" for number in range(3)]
    for path in slices[:2]:
        path.write_bytes(b"a slice")
    watched = WatchedFolder(Source(inbox))
    watched.look()
    slices[2].write_bytes(b"a slice")
    watched.look()
    assert not watched.is_due(_of(*slices[:2])), "the third is being written"
    assert not watched.is_due(_of(*slices))
    watched.look()
    assert watched.is_due(_of(*slices))


def test_a_series_that_waited_comes_in_when_its_folder_has_come_to_rest(empty, inbox):
    for case in ("brain1", "brain2"):
        (inbox / case).mkdir()
        for number in range(1, 5):
            PIL.Image.fromarray(np.full((6, 5), number, np.uint8)).save(inbox / case / f"{case}_{number}.png")
    watched = WatchedFolder(Source(inbox, form="slices"))
    watched.look()
    (inbox / "brain1" / "fifth.part").write_bytes(b"on its way")
    assert watched.look()
    assert watched.add(empty, Silent()).added == ("brain2",)
    (inbox / "brain1" / "fifth.part").unlink()
    assert watched.look()
    assert watched.add(empty, Silent()).added == ("brain1",)


def test_a_mask_beside_its_image_is_waited_for(inbox):
    image, mask = inbox / "a.nii.gz", inbox / "a_mask.nii.gz"
    image.write_bytes(b"image")
    watched = WatchedFolder(Source(inbox))
    watched.look()
    mask.write_bytes(b"mask")
    watched.look()
    assert not watched.is_due(FoundCase("a", (FoundImage((image,)),), FoundImage((mask,))))
    watched.look()
    assert watched.is_due(FoundCase("a", (FoundImage((image,)),), FoundImage((mask,))))


def test_labels_in_a_folder_of_their_own_are_waited_for_as_a_whole(empty, inbox, tmp_path, cohort):
    labels = tmp_path / "labels"
    labels.mkdir()
    shutil.copy(cohort.images / "case_000.nii.gz", inbox)
    watched = WatchedFolder(Source(inbox, labels))
    watched.look()
    shutil.copyfile(cohort.labels / "case_000.nii.gz", labels / "case_000.nii.gz")
    assert not watched.look()
    assert watched.look()
    assert watched.add(empty, Silent()).labelled == ("case_000",)


def test_a_folder_that_contradicts_itself_is_told_once(empty, inbox):
    write_image(inbox / "a.nii.gz", IMAGE)
    write_image(inbox / "a.nii", IMAGE)
    watched = WatchedFolder(Source(inbox))
    watched.look()
    assert watched.look()
    with pytest.raises(FormatError, match="both of the case a"):
        watched.add(empty, Silent())
    assert not watched.look()
    (inbox / "a.nii").unlink()
    write_image(inbox / "b.nii.gz", IMAGE)
    watched.look()
    assert watched.look()


def test_a_missing_folder_is_refused_by_name_and_links_in_a_circle_end(tmp_path, inbox):
    with pytest.raises(FormatError, match="gone"):
        WatchedFolder(Source(tmp_path / "gone")).look()
    (inbox / "again").symlink_to(inbox, target_is_directory=True)
    write_image(inbox / "a.nii.gz", IMAGE)
    watched = WatchedFolder(Source(inbox))
    watched.look()
    assert watched.look()


@given(steps=st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=6))
def test_nothing_is_due_that_changed_since_the_last_look(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("inbox")
    watched = WatchedFolder(Source(folder))
    watched.look()
    for count, changed in enumerate(steps, start=1):
        for number in changed:
            (folder / f"{number}.nii").write_bytes(bytes(count))
        watched.look()
        for number in range(4):
            path = folder / f"{number}.nii"
            assert watched.is_due(_of(path)) == (path.exists() and number not in changed)


@pytest.mark.parametrize("place", ["beside", "labels"])
def test_a_mask_that_arrives_after_its_image_comes_in(empty, inbox, tmp_path, cohort, place):
    labels = tmp_path / "labels"
    labels.mkdir()
    for number in range(2):
        shutil.copy(cohort.images / f"case_00{number}.nii.gz", inbox)
    watched = WatchedFolder(Source(inbox, None if place == "beside" else labels))
    watched.look()
    assert watched.look()
    assert watched.add(empty, Silent()).added == ("case_000", "case_001")
    target = inbox / "case_001_mask.nii.gz" if place == "beside" else labels / "case_001.nii.gz"
    shutil.copyfile(cohort.labels / "case_001.nii.gz", target)
    assert [watched.look(), watched.look()] == [False, True]
    report = watched.add(empty, Silent())
    assert (report.labelled_later, report.added, report.broken) == (("case_001",), (), ())
    assert not watched.look()
