import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from PIL import Image

from napari_medal.core.case import CaseState
from napari_medal.core.file_note import Verdict
from napari_medal.core.progress import Silent
from napari_medal.core.target import LabelsAs
from napari_medal.errors import FormatError, JobCancelled, SettingsError
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.loop.adding import IMPORTED, Source, add_cases, copy_cases
from napari_medal.loop.answers import Reading, accept_class, accept_mask, reject
from napari_medal.loop.opening import open_case
from napari_medal.loop.session import Session
from tests.loop.conftest import draw
from tests.small import cancel_at, small_session, write_image

FOUND = np.arange(120, dtype=np.int16).reshape(4, 5, 6)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    session = small_session(tmp_path / "project")
    yield session
    session.close()


def test_broken_files_are_listed_and_the_rest_goes_on(empty: Session, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    write_image(folder / "good.nii.gz", FOUND)
    whole = (folder / "good.nii.gz").read_bytes()
    (folder / "cut.nii.gz").write_bytes(whole[:-20])
    (folder / "empty.nii.gz").write_bytes(b"")
    (folder / "page.nii.gz").write_bytes(b"<!DOCTYPE html><html>404</html>")
    spoilt = FOUND.astype(np.float32)
    spoilt[1, 2, 3] = np.nan
    write_image(folder / "nan.nii.gz", spoilt)
    write_image(folder / "movie.nii.gz", np.stack([FOUND] * 3, axis=-1))
    write_image(folder / "other.nii.gz", FOUND + 1)
    (folder / "notes.txt").write_text("not an image")
    report = add_cases(empty, Source(folder), Silent())

    assert report.added == ("cut", "empty", "good", "movie", "nan", "other", "page")
    reasons = {rejected.case: rejected.reason for rejected in report.broken}
    assert set(reasons) == {"cut", "empty", "page", "nan", "movie"}
    assert all(str(folder / f"{name}.nii.gz") in reason for name, reason in reasons.items())
    for name, word in {"cut": "cut-off", "empty": "empty", "page": "HTML", "movie": "3 volumes"}.items():
        assert word in reasons[name]
    for case in empty.project.cases.all():
        assert (case.state is CaseState.BROKEN) == (case.name in reasons)
        assert case.broken_reason == reasons.get(case.name, "")
        assert len(case.images) == (0 if case.name in reasons else 1)
    assert sorted(path.name for path in (empty.project.folder / "images").iterdir()) == ["good", "other"]


def test_images_are_copied_bit_for_bit(empty: Session, cohort: PhantomCohort) -> None:
    add_cases(empty, Source(cohort.images), Silent())
    for case in empty.project.cases.all():
        (image,) = case.images
        assert image.parent == empty.project.folder / "images" / case.name
        assert image.read_bytes() == (cohort.images / f"{case.name}.nii.gz").read_bytes()


def test_cases_that_are_known_are_left_alone(empty: Session, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    write_image(folder / "a.nii.gz", FOUND)
    add_cases(empty, Source(folder), Silent())
    before = empty.project.cases.get("a").images[0].read_bytes()
    write_image(folder / "a.nii.gz", FOUND * 2)
    write_image(folder / "b.nii.gz", FOUND)
    report = add_cases(empty, Source(folder), Silent())
    assert (report.added, report.known_before) == (("b",), ("a",))
    assert empty.project.cases.get("a").images[0].read_bytes() == before


def test_masks_that_come_along_are_accepted(empty: Session, cohort: PhantomCohort) -> None:
    report = add_cases(empty, Source(cohort.images, cohort.labels), Silent())
    assert len(report.labelled) == 9
    assert report.refused_labels == ()
    current = empty.project.annotations.current("segmentation")
    assert {annotation.reader for annotation in current.values()} == {IMPORTED}
    assert {case.state for case in empty.project.cases.all()} == {CaseState.ACCEPTED}


def test_masks_beside_their_images_are_found(empty: Session, tmp_path: Path) -> None:
    write_image(tmp_path / "images" / "a.nii.gz", FOUND)
    write_image(tmp_path / "images" / "a_seg.nii.gz", (FOUND % 3).astype(np.uint8))
    write_image(tmp_path / "images" / "b.nii.gz", FOUND)
    report = add_cases(empty, Source(tmp_path / "images", reader="bob"), Silent())
    assert (report.added, report.labelled) == (("a", "b"), ("a",))
    assert empty.project.annotations.current("segmentation")["a"].reader == "bob"


def test_masks_that_do_not_fit_are_refused_and_listed(empty: Session, tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    for name in ("far", "fine", "fraction", "large", "strange", "torn"):
        write_image(images / f"{name}.nii.gz", FOUND)
    mask = (FOUND % 3).astype(np.uint8)
    moved = np.diag([1.0, 1.0, 1.0, 1.0])
    moved[0, 3] = 5.0
    write_image(labels / "far.nii.gz", mask, moved)
    write_image(labels / "fine.nii.gz", mask)
    write_image(labels / "fraction.nii.gz", mask * np.float32(0.5))
    write_image(labels / "large.nii.gz", np.zeros((9, 9, 9), np.uint8))
    write_image(labels / "strange.nii.gz", mask * 4)
    (labels / "torn.nii.gz").write_bytes((labels / "fine.nii.gz").read_bytes()[:-9])
    report = add_cases(empty, Source(images, labels), Silent())
    assert report.labelled == ("fine",)
    assert report.broken == ()
    reasons = {rejected.case: rejected.reason for rejected in report.refused_labels}
    assert set(reasons) == {"far", "fraction", "large", "strange", "torn"}
    assert all(str(labels / f"{name}.nii.gz") in reason for name, reason in reasons.items())
    assert "8" in reasons["strange"]
    assert set(empty.project.annotations.current("segmentation")) == {"fine"}
    assert empty.project.cases.get("far").state is CaseState.NEW


@pytest.mark.parametrize(
    ("pattern", "subjects"),
    [
        (None, {"p1_a", "p1_b", "p2_a"}),
        (r"p\d", {"p1", "p2"}),
        (r"p(\d)_", {"1", "2"}),
        (r"q\d", {"p1_a", "p1_b", "p2_a"}),
    ],
)
def test_subjects_are_found_in_names(empty: Session, tmp_path: Path, pattern: str | None, subjects: set[str]) -> None:
    for name in ("p1_a", "p1_b", "p2_a"):
        write_image(tmp_path / "images" / f"{name}.nii.gz", FOUND)
    add_cases(empty, Source(tmp_path / "images", subject_pattern=pattern), Silent())
    assert {case.subject for case in empty.project.cases.all()} == subjects


def test_a_pattern_that_cannot_be_is_refused_before_anything_is_entered(empty: Session, tmp_path: Path) -> None:
    write_image(tmp_path / "images" / "a.nii.gz", FOUND)
    with pytest.raises(SettingsError, match="is not a regular expression"):
        add_cases(empty, Source(tmp_path / "images", subject_pattern="(p"), Silent())
    assert empty.project.cases.all() == []


@pytest.mark.parametrize("ending", [".mhd", ".hdr", ".nhdr"])
def test_detached_headers_are_copied_with_their_voxels(empty: Session, tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    if ending == ".hdr":
        import nibabel

        nibabel.Nifti1Pair(FOUND, np.diag([1.0, 2.0, 3.0, 1.0])).to_filename(folder / "a.hdr")
    else:
        SimpleITK.WriteImage(SimpleITK.GetImageFromArray(FOUND), str(folder / f"a{ending}"))
    report = add_cases(empty, Source(folder), Silent())
    assert (report.added, report.broken) == (("a",), ())
    shutil.rmtree(folder)
    case = empty.project.cases.get("a")
    (volume,) = empty.files.read_case(case.images)
    assert sorted(volume.array.ravel()) == list(range(120))
    assert len(list(case.images[0].parent.iterdir())) == 2


def test_an_empty_or_a_missing_folder_is_refused(empty: Session, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    with pytest.raises(FormatError, match="found no image"):
        add_cases(empty, Source(tmp_path / "images"), Silent())
    with pytest.raises(FormatError, match="found no such folder"):
        add_cases(empty, Source(tmp_path / "nowhere"), Silent())


def test_cancel_enters_nothing_and_may_be_tried_again(empty: Session, cohort: PhantomCohort) -> None:
    with pytest.raises(JobCancelled):
        add_cases(empty, Source(cohort.images), cancel_at(4))
    assert empty.project.cases.all() == []
    assert len(add_cases(empty, Source(cohort.images), Silent()).added) == 9


@pytest.mark.parametrize("table_is_named", [True, False])
def test_classes_come_from_a_table_for_pictures_too(tmp_path: Path, table_is_named: bool) -> None:
    random = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    for name in "abc":
        Image.fromarray(random.integers(0, 255, (8, 9), dtype=np.uint8)).save(tmp_path / "images" / f"{name}.png")
    (tmp_path / "labels").mkdir()
    table = tmp_path / "labels" / "truth.csv"
    table.write_text("image,diagnosis\na.png,atrophic\nc.png,0\nd.png,1\nb.png,\n")
    session = small_session(tmp_path / "project", "classification")
    report = add_cases(session, Source(tmp_path / "images", table if table_is_named else table.parent), Silent())
    assert report.labelled == ("a", "c")
    current = session.project.annotations.current("classification")
    assert {name: annotation.class_value for name, annotation in current.items()} == {"a": 1, "c": 0}
    session.close()


@pytest.mark.parametrize("wrong", ["image,diagnosis\na.png,benign\n", "image\na.png\n", None])
def test_a_table_that_cannot_be_used_enters_nothing(tmp_path: Path, wrong: str | None) -> None:
    """Else its cases would be known the next time, and their classes left out."""
    (tmp_path / "images").mkdir()
    Image.fromarray(np.zeros((8, 9), dtype=np.uint8)).save(tmp_path / "images" / "a.png")
    table = tmp_path / "truth.csv"
    if wrong is not None:
        table.write_text(wrong)
    session = small_session(tmp_path / "project", "classification")
    with pytest.raises(FormatError) as refusal:
        add_cases(session, Source(tmp_path / "images", table), Silent())
    assert str(table) in str(refusal.value)
    assert session.project.cases.all() == []
    session.close()


def test_two_masks_for_a_case_enter_nothing(empty: Session, tmp_path: Path) -> None:
    write_image(tmp_path / "images" / "a.nii.gz", FOUND)
    for name in ("a_seg", "a_mask"):
        write_image(tmp_path / "labels" / f"{name}.nii.gz", FOUND)
    with pytest.raises(FormatError, match="found two masks"):
        add_cases(empty, Source(tmp_path / "images", tmp_path / "labels"), Silent())
    assert empty.project.cases.all() == []


def test_a_copy_holds_images_and_nothing_else(tmp_path: Path, cohort: PhantomCohort) -> None:
    images = tmp_path / "images"
    shutil.copytree(cohort.images, images)
    (images / "torn.nii.gz").write_bytes(b"torn")
    first = small_session(tmp_path / "first")
    add_cases(first, Source(images, cohort.labels, subject_pattern=r"case_00[01]|.*"), Silent())
    second = small_session(tmp_path / "second")
    copy_cases(first.project, second.project, Silent())
    assert second.project.annotations.current("segmentation") == {}
    for before, after in zip(first.project.cases.all(), second.project.cases.all(), strict=True):
        assert (after.name, after.subject, after.broken_reason) == (before.name, before.subject, before.broken_reason)
        assert [path.read_bytes() for path in after.images] == [path.read_bytes() for path in before.images]
    assert second.project.cases.get("torn").state is CaseState.BROKEN
    assert second.project.cases.get("case_000").state is CaseState.NEW
    first.close()
    second.close()


@pytest.fixture
def late(empty: Session, tmp_path: Path) -> tuple[Path, Path]:
    """Four cases that are there, and masks that come for all of them."""
    images, labels = tmp_path / "images", tmp_path / "labels"
    for name in "abcd":
        write_image(images / f"{name}.nii.gz", FOUND)
    add_cases(empty, Source(images), Silent())
    for name in "abcd":
        write_image(labels / f"{name}.nii.gz", (FOUND % 3).astype(np.uint8))
    return images, labels


def test_a_mask_that_comes_after_its_image_is_taken_over(empty: Session, late: tuple[Path, Path]) -> None:
    report = add_cases(empty, Source(*late), Silent())
    assert (report.added, report.known_before) == ((), ())
    assert report.labelled == report.labelled_later == ("a", "b", "c", "d")
    assert empty.project.cases.get("a").state is CaseState.ACCEPTED
    again = add_cases(empty, Source(*late), Silent())
    assert (again.labelled, again.labelled_later, again.known_before) == ((), (), ("a", "b", "c", "d"))


def test_a_repairable_label_is_taken_over_when_it_is_tried_again(empty: Session, late: tuple[Path, Path]) -> None:
    images, labels = late
    write_image(labels / "a.nii.gz", np.pad((FOUND % 3).astype(np.uint8), ((0, 2), (0, 0), (0, 0))))
    first = add_cases(empty, Source(images, labels), Silent())
    assert ([refused.case for refused in first.refused_labels], first.known_before) == (["a"], ("a",))
    second = add_cases(empty, Source(images, labels, repair=True), Silent())
    assert (second.labelled_later, second.refused_labels) == (("a",), ())
    assert [note.verdict for note in second.notes["a"]] == [Verdict.REPAIRED]
    mask = empty.project.annotations.current("segmentation")["a"].mask
    assert mask is not None
    assert np.array_equal(empty.files.read(mask)[0].array, empty.files.read(labels / "b.nii.gz")[0].array)


@pytest.mark.parametrize("labels_as", LabelsAs)
def test_what_a_person_did_is_not_touched(empty: Session, late: tuple[Path, Path], labels_as: LabelsAs) -> None:
    drawn = np.zeros(empty.files.read_case(empty.project.cases.get("a").images)[0].array.shape, np.uint8)
    drawn[0, 0, 0] = 2
    accept_mask(empty, "segmentation", "a", drawn, Reading("ann", 9.0))
    accept_mask(empty, "segmentation", "b", drawn, Reading("ann", 9.0, finished=False))
    opened = open_case(empty, "segmentation", "c")
    draw(opened, lambda mask: mask.fill(1))
    reject(empty, "d")
    before = _content(empty.project.folder)
    report = add_cases(empty, Source(*late, labels_as=labels_as, repair=True), Silent())
    assert (report.labelled_later, report.known_before) == ((), ("a", "b", "c", "d"))
    assert _content(empty.project.folder) == before
    assert empty.project.annotations.latest("segmentation").keys() == {"a", "b"}
    assert empty.project.cases.get("d").state is CaseState.REJECTED


def _content(folder: Path) -> dict[Path, bytes]:
    kept = (path for kind in ("annotations", "drafts") for path in (folder / kind).rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in kept}


def test_a_class_that_comes_later_is_taken_over(tmp_path: Path) -> None:
    session = small_session(tmp_path / "project", "segmentation", "classification")
    for name in "ab":
        write_image(tmp_path / "images" / f"{name}.nii.gz", FOUND)
    add_cases(session, Source(tmp_path / "images"), Silent())
    accept_class(session, "classification", "a", 0, Reading("ann"))
    (tmp_path / "truth.csv").write_text("case,class\na,atrophic\nb,atrophic\n")
    report = add_cases(session, Source(tmp_path / "images", tmp_path / "truth.csv"), Silent())
    assert (report.labelled_later, report.known_before) == (("b",), ("a",))
    current = session.project.annotations.current("classification")
    assert {name: annotation.class_value for name, annotation in current.items()} == {"a": 0, "b": 1}
    session.close()
