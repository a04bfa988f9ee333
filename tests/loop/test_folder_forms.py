"""Folders of every form on their way into a project: channels, labels, splits, names, and files without text."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from napari_medal.catalogue.settings import label_settings
from napari_medal.core.case import CaseState, Split
from napari_medal.core.file_note import NoteKind, Verdict
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.errors import ExtensionError
from napari_medal.loop.adding import AddReport, Source, add_cases
from napari_medal.loop.inspecting import inspect_folder
from napari_medal.loop.making import survey
from napari_medal.loop.pseudonym_key import KEY_VARIABLE
from napari_medal.loop.session import Session
from tests.io.folders.examples import MASK, image, write_bids, write_decathlon, write_nnunet, write_slices
from tests.small import small_extensions, small_session, write_image

TASK = "segmentation"
JANE = b"JANE DOE 1950"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    session = small_session(tmp_path / "project")
    yield session
    session.close()


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the secret behind pseudonyms lies."""
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "secret" / "pseudonym.key"))
    return tmp_path / "secret" / "pseudonym.key"


def add(session: Session, folder: Path, repair: bool = False, form: str = "") -> AddReport:
    return add_cases(session, Source(folder, repair=repair, form=form), Silent())


def volumes(session: Session, name: str) -> list[np.ndarray]:
    return [volume.array for volume in session.files.read_case(session.project.cases.get(name).images)]


def splits(session: Session) -> dict[str, Split]:
    return {case.name: case.split for case in session.project.cases.all()}


def test_bids_comes_in_with_sequences_masks_and_splits(empty: Session, tmp_path: Path) -> None:
    report = add(empty, write_bids(tmp_path / "bids"))
    assert report.form == "BIDS dataset"
    assert report.broken == ()
    assert report.labelled == ("sub-01", "sub-02_ses-b")
    case = empty.project.cases.get("sub-02_ses-a")
    assert (case.subject, case.channels) == ("sub-02", ("T1w", "FLAIR"))
    assert splits(empty) == {
        "sub-01": Split.TRAINING,
        "sub-02_ses-a": Split.TEST,
        "sub-02_ses-b": Split.TEST,
        "sub-03": Split.UNDRAWN,
    }
    t1w, flair = volumes(empty, "sub-01")
    assert sorted(t1w.ravel()) == sorted(image(1).ravel())
    assert sorted(flair.ravel()) == sorted(image(0).ravel())
    assert report.remarks == (
        "Series of volumes (asl) are no sequences of a case; files left out: 1.",
        f"The folder calls the value 2 'edema'; the task '{TASK}' calls it 'posterior'.",
    )
    assert [note.verdict for note in report.notes["sub-03"]] == [Verdict.NOTED]
    assert empty.project.cases.notes("sub-03") == report.notes["sub-03"]
    looked = inspect_folder(tmp_path / "bids", None, "", small_extensions(), Silent())
    assert looked.remarks == report.remarks[:1]


def test_nnunet_comes_in_with_channels_masks_and_the_first_fold(empty: Session, tmp_path: Path) -> None:
    report = add(empty, write_nnunet(tmp_path / "Dataset001_Small"))
    assert (report.form, report.broken, report.remarks) == ("nnU-Net dataset", (), ())
    assert report.labelled == ("case_1", "case_2", "case_3")
    assert splits(empty) == {
        "case_1": Split.TRAINING,
        "case_2": Split.VALIDATION,
        "case_3": Split.TRAINING,
        "test_1": Split.TEST,
    }
    assert {case.channels for case in empty.project.cases.all()} == {("T1", "FLAIR")}


def test_decathlon_comes_in_with_one_file_for_each_volume(empty: Session, tmp_path: Path) -> None:
    report = add(empty, write_decathlon(tmp_path / "Task99_Small"))
    assert (report.form, report.broken, report.remarks) == ("Medical Segmentation Decathlon dataset", (), ())
    assert report.labelled == ("brain_001", "brain_002")
    case = empty.project.cases.get("brain_003")
    assert (case.split, case.channels) == (Split.TEST, ("FLAIR", "T1w"))
    assert [path.name for path in case.images] == ["brain_003_0000.nii.gz", "brain_003_0001.nii.gz"]
    stored = image(2, (6, 7, 8, 2))
    for channel, array in enumerate(volumes(empty, "brain_003")):
        np.testing.assert_array_equal(array, stored[::-1, ::-1, :, channel].transpose(2, 1, 0))
        assert array.dtype == np.int16


def test_slices_come_in_as_one_volume_for_each_colour(empty: Session, tmp_path: Path) -> None:
    report = add(empty, write_slices(tmp_path / "lgg"))
    assert (report.form, report.broken) == ("folder of slices", ())
    assert report.labelled == ("TCGA_01_2001",)
    assert [array.shape for array in volumes(empty, "TCGA_01_2001")] == [(12, 9, 8)] * 3
    kinds = {note.kind for note in report.notes["TCGA_02_2002"]}
    assert kinds == {NoteKind.NO_GEOMETRY, NoteKind.MISSING_SLICES}


@pytest.mark.real_data
def test_real_hippocampi_in_the_form_of_the_decathlon(empty: Session, medal_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Task04_Hippocampus"
    for name in ("images", "labels"):
        (folder / f"{name}Tr").mkdir(parents=True)
    names = sorted(path.name for path in (medal_data / "hippocampus" / "images").iterdir())[:5]
    for name in names:
        (folder / "imagesTr" / name).symlink_to(medal_data / "hippocampus" / "images" / name)
        (folder / "labelsTr" / name).symlink_to(medal_data / "hippocampus" / "labels" / name)
    table = {
        "modality": {"0": "MRI"},
        "labels": {"0": "background", "1": "Anterior", "2": "Posterior"},
        "training": [{"image": f"./imagesTr/{name}", "label": f"./labelsTr/{name}"} for name in names],
        "test": [],
    }
    (folder / "dataset.json").write_text(json.dumps(table))
    report = add(empty, folder)
    assert (len(report.labelled), report.broken, report.refused_labels, report.remarks) == (5, (), (), ())
    for case in empty.project.cases.all():
        (copy,) = case.images
        stored = nib.load(copy)
        source = nib.load(medal_data / "hippocampus" / "images" / copy.name)
        assert bytes(source.header["descrip"]).strip(b"\0")
        assert not bytes(stored.header["descrip"]).strip(b"\0")
        np.testing.assert_array_equal(np.asarray(stored.dataobj), np.asarray(source.dataobj))
        np.testing.assert_array_equal(stored.affine, source.affine)


@pytest.mark.real_data
def test_real_hippocampi_come_in_by_their_parent_folder(empty: Session, medal_data: Path, tmp_path: Path) -> None:
    names = sorted(path.name for path in (medal_data / "hippocampus" / "images").iterdir())
    assert len(survey(medal_data / "hippocampus", small_extensions()).cases) == len(names)
    for kind in ("images", "labels"):
        (tmp_path / "few" / kind).mkdir(parents=True)
        for name in names[:5]:
            (tmp_path / "few" / kind / name).symlink_to(medal_data / "hippocampus" / kind / name)
    report = add(empty, tmp_path / "few")
    assert (report.form, len(report.labelled), report.broken) == ("folders of images and masks", 5, ())
    for name, annotation in empty.project.annotations.current(TASK).items():
        assert annotation.mask is not None
        wanted = nib.load(medal_data / "hippocampus" / "labels" / f"{name}.nii.gz")
        np.testing.assert_array_equal(np.asarray(nib.load(annotation.mask).dataobj), np.asarray(wanted.dataobj))


@pytest.mark.real_data
def test_a_real_patient_of_slices_comes_in(empty: Session, medal_data: Path) -> None:
    report = add(empty, medal_data / "lgg_tif", form="slices")
    assert (len(report.added), report.broken) == (1, ())
    assert "255" in report.refused_labels[0].reason  # the project's labels are 1 and 2
    assert [array.shape for array in volumes(empty, report.added[0])] == [(20, 256, 256)] * 3


ONE_LABEL = LabelScheme((LabelClass(1, "lesion", "#ff0000"),))


@pytest.mark.real_data
@pytest.mark.parametrize("folder", ["lgg_tif", "breast_us"])
def test_real_masks_of_0_and_255_are_taken_for_the_only_label_on_request(
    tmp_path: Path, medal_data: Path, folder: str
) -> None:
    source = medal_data / folder
    if folder == "breast_us":
        source = tmp_path / folder
        source.mkdir()
        for path in sorted((medal_data / folder).glob("benign_10*.png")):
            (source / path.name).symlink_to(path)
    session = small_session(
        tmp_path / "project", changes=lambda task: task.model_copy(update={"labels": label_settings(ONE_LABEL)})
    )
    form = "slices" if folder == "lgg_tif" else ""
    refused = add(session, source, form=form)
    assert refused.labelled == ()
    assert all("It can be taken for 'lesion'" in rejected.reason for rejected in refused.refused_labels)
    repaired = add(session, source, repair=True, form=form)
    assert repaired.labelled_later == tuple(sorted(rejected.case for rejected in refused.refused_labels))
    assert (len(repaired.labelled_later) > 0, repaired.refused_labels) == (True, ())
    for annotation in session.project.annotations.current(TASK).values():
        assert annotation.mask is not None
        assert set(np.unique(session.files.read(annotation.mask)[0].array)) == {0, 1}
    session.close()


def test_a_survey_says_what_kind_of_folder_it_is(tmp_path: Path) -> None:
    found = survey(write_bids(tmp_path / "bids"), small_extensions())
    assert (found.form, len(found.cases), found.channels, found.with_mask) == ("BIDS dataset", 4, 2, 2)
    assert found.label_names == {1: "anterior", 2: "edema"}
    assert survey(tmp_path / "bids", small_extensions(), "plain").form == "folder of images"


def test_a_form_may_be_named(empty: Session, tmp_path: Path) -> None:
    write_nnunet(tmp_path / "raw")
    assert add(empty, tmp_path / "raw" / "imagesTr", form="plain").added == ("case_1", "case_2", "case_3")
    with pytest.raises(ExtensionError, match="'nothing'"):
        add(empty, tmp_path / "raw", form="nothing")


def test_a_subject_in_two_splits_stays_undrawn(empty: Session, tmp_path: Path) -> None:
    folder = write_nnunet(tmp_path / "raw")
    report = add_cases(empty, Source(folder, subject_pattern=r"case|test_\d"), Silent())
    assert splits(empty)["case_1"] is Split.UNDRAWN
    assert splits(empty)["test_1"] is Split.TEST
    (remark,) = report.remarks
    assert "Subject case: the folder puts its cases into training and validation" in remark


def test_a_subject_that_was_drawn_stays_where_it_is(empty: Session, tmp_path: Path) -> None:
    write_image(tmp_path / "first" / "test_0.nii.gz", image(0))
    pattern = r"test|case_\d"
    add_cases(empty, Source(tmp_path / "first", subject_pattern=pattern), Silent())
    empty.project.cases.draw(["test"], Split.TRAINING)
    report = add_cases(empty, Source(write_nnunet(tmp_path / "raw"), subject_pattern=pattern), Silent())
    assert splits(empty)["test_1"] is Split.TRAINING
    assert report.remarks == ("Subject test: the folder puts it into test; it is in training and stays.",)


def test_a_broken_case_is_tried_again(empty: Session, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    array = image(0).astype(np.float32)
    array[0, 0, 0] = np.nan
    write_image(folder / "a.nii.gz", array)
    write_image(folder / "a_seg.nii.gz", MASK)
    (folder / "b.nii.gz").write_bytes(b"torn")
    report = add(empty, folder)
    assert [rejected.case for rejected in report.broken] == ["a", "b"]
    assert "They can be set to the lowest" in report.broken[0].reason
    again = add(empty, folder, repair=True)
    assert (again.added, again.known_before, again.mended, again.labelled) == ((), ("b",), ("a",), ("a",))
    assert [rejected.case for rejected in again.broken] == ["b"]
    case = empty.project.cases.get("a")
    assert (case.state, case.broken_reason) == (CaseState.ACCEPTED, "")
    assert [note.verdict for note in empty.project.cases.notes("a")] == [Verdict.REPAIRED]
    assert np.isfinite(volumes(empty, "a")[0]).all()
    write_image(folder / "b.nii.gz", image(1))
    assert add(empty, folder).mended == ("b",)
    last = add(empty, folder)
    assert (last.mended, last.known_before) == ((), ("a", "b"))


def test_a_channel_on_another_grid_is_interpolated_and_said(empty: Session, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    write_image(folder / "a_0000.nii.gz", image(0, (12, 14, 16)), np.diag([-1.0, -1, 1, 1]))
    write_image(folder / "a_0001.nii.gz", image(1), np.diag([-2.0, -2, 2, 1]))
    write_image(folder / "b_0000.nii.gz", image(0), np.diag([-1.0, -1, 1, 1]))
    far = np.diag([-1.0, -1, 1, 1])
    far[0, 3] = 100
    write_image(folder / "b_0001.nii.gz", image(1), far)
    report = add(empty, folder)
    assert [rejected.case for rejected in report.broken] == ["b"]
    assert "share only 0%" in report.broken[0].reason
    (note,) = report.notes["a"]
    assert (note.kind, note.verdict) == (NoteKind.OTHER_GRID, Verdict.REPAIRED)
    first, second = empty.files.read_case(empty.project.cases.get("a").images)
    assert first.grid.matches(second.grid)
    raw = empty.files.read(folder / "a_0001.nii.gz")[0].array
    np.testing.assert_array_equal(second.array[::2, ::2, ::2][:8, :7, :6], raw)


def test_a_label_on_another_grid_is_fitted_when_asked(empty: Session, tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels"
    write_image(images / "a.nii.gz", image(0), np.diag([-1.0, -1, 1, 1]))
    write_image(labels / "a.nii.gz", np.pad(MASK, ((0, 2), (0, 0), (0, 0))), np.diag([-1.0, -1, 1, 1]))
    refused = add_cases(empty, Source(images, labels), Silent())
    assert (refused.labelled, refused.refused_labels[0].case) == ((), "a")
    assert "It can be taken over by the nearest voxel" in refused.refused_labels[0].reason
    assert [note.verdict for note in refused.notes["a"]] == [Verdict.REPAIRABLE]
    other = small_session(tmp_path / "other")
    mended = add_cases(other, Source(images, labels, repair=True), Silent())
    assert (mended.labelled, mended.refused_labels) == (("a",), ())
    assert [note.verdict for note in mended.notes["a"]] == [Verdict.REPAIRED]
    other.close()


def test_text_stays_outside(empty: Session, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    nifti = nib.Nifti1Image(image(0), np.diag([-1.0, -1, 1, 1]))
    nifti.header["descrip"] = JANE
    folder.mkdir()
    nib.save(nifti, folder / "a.nii.gz")
    write_image(folder / "bare.nii.gz", image(1))
    nrrd = b"NRRD0004\ntype: uint8\ndimension: 3\nsizes: 2 3 4\nencoding: raw\npatient:=" + JANE + b"\n\n"
    (folder / "c.nrrd").write_bytes(nrrd + bytes(range(24)))
    assert add(empty, folder).broken == ()
    kept = {path.name: path for path in (empty.project.folder / "images").rglob("*") if path.is_file()}
    assert set(kept) == {"a.nii.gz", "bare.nii.gz", "c.nii.gz"}
    assert kept["bare.nii.gz"].read_bytes() == (folder / "bare.nii.gz").read_bytes()
    for path in kept.values():
        assert JANE not in gzip.decompress(path.read_bytes())
    assert sorted(volumes(empty, "c")[0].ravel()) == list(range(24))


def test_names_are_hidden_where_asked(empty: Session, tmp_path: Path, key: Path) -> None:
    folder = tmp_path / "DOE_JANE"
    write_image(folder / "DOE_JANE_t1.nii", image(0))
    with (
        (folder / "DOE_JANE_t1.nii.gz").open("wb") as stream,
        gzip.GzipFile("DOE_JANE_t1.nii", "wb", 6, stream) as packed,
    ):
        packed.write((folder / "DOE_JANE_t1.nii").read_bytes())
    (folder / "DOE_JANE_t1.nii").unlink()
    write_image(folder / "DOE_JANE_t1_seg.nii.gz", MASK)
    write_image(folder / "DOE_JANE_t2.nii.gz", image(1, (6, 7, 8, 2)))
    write_image(folder / "ROE_RICHARD.nii.gz", image(2).astype(np.float32) * np.nan)
    source = Source(folder, subject_pattern=r"^[A-Z]+_[A-Z]+", pseudonyms=True)
    report = add_cases(empty, source, Silent())
    assert key.exists()
    assert len(report.added) == 3
    assert len(report.labelled) == 1
    assert len(report.broken) == 2
    cases = empty.project.cases.all()
    assert len({case.subject for case in cases}) == 2
    empty.project.close()
    for path in empty.project.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        unpacked = gzip.decompress(content) if path.name.endswith(".gz") else content
        for name in ("DOE", "ROE", "JANE", "RICHARD"):
            assert name not in str(path.relative_to(tmp_path))
            assert name.encode() not in content, path
            assert name.encode() not in unpacked, path
    said = repr(report)
    assert not any(name in said for name in ("JANE", "RICHARD"))


def test_hidden_names_stay_the_same(empty: Session, tmp_path: Path, key: Path) -> None:
    write_image(tmp_path / "images" / "DOE_1.nii.gz", image(0))
    source = Source(tmp_path / "images", pseudonyms=True)
    first = add_cases(empty, source, Silent())
    write_image(tmp_path / "images" / "DOE_2.nii.gz", image(1))
    second = add_cases(empty, source, Silent())
    assert (len(first.added), len(second.added), second.known_before) == (1, 1, first.added)


def test_no_key_is_made_where_files_say_the_names(empty: Session, tmp_path: Path, key: Path) -> None:
    """Else a copied project could take nothing in without the key of whoever began it."""
    add(empty, write_bids(tmp_path / "bids"))
    assert not key.exists()


def test_letters_in_a_picture_are_noted_with_its_case(empty: Session, tmp_path: Path, key: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, words in (("DOE_1", "DOE JANE"), ("ROE_2", "")):
        picture = Image.new("L", (200, 80))
        ImageDraw.Draw(picture).text((20, 30), words, fill=235, font=ImageFont.load_default(16))
        picture.save(folder / f"{name}.png")
    report = add_cases(empty, Source(folder), Silent())
    (note,) = report.notes["DOE_1"]
    assert (note.kind, note.words.split(":")[0]) == (NoteKind.BURNT_IN_TEXT, "DOE_1.png")
    assert (report.broken, empty.project.cases.notes("DOE_1")) == ((), (note,))
    assert "ROE_2" not in report.notes
    hidden = small_session(tmp_path / "hidden")
    report = add_cases(hidden, Source(folder, pseudonyms=True), Silent())
    assert "DOE" not in repr(report)
    assert [note.kind for notes in report.notes.values() for note in notes] == [NoteKind.BURNT_IN_TEXT]
    hidden.close()
    looked = inspect_folder(folder, None, "", small_extensions(), Silent())
    assert [[note.kind for note in case.notes] for case in looked.cases] == [[NoteKind.BURNT_IN_TEXT], []]
