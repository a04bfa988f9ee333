from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from napari_medal.cli import app
from napari_medal.core.file_note import NoteKind, Verdict
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.folders.slices import FOLDER as SLICES
from napari_medal.loop.adding import AddReport, Source, add_cases
from napari_medal.loop.finding import recognise
from napari_medal.loop.session import Session, open_session
from napari_medal.testing import check_folder_reader
from napari_medal_plugins.lower_grade_glioma.folder import FOLDER
from tests.io.folders.examples import write_bids, write_decathlon, write_nnunet, write_slices
from tests.small import small_extensions, small_session, write_image

EXAMS = ("TCGA_CS_4944_20010208", "TCGA_CS_4941_19960909", "TCGA_CS_4944_19991231")
NAMES = ["TCGA_CS_4941", "TCGA_CS_4944", "TCGA_CS_4944_2"]
SEQUENCES = ("pre-contrast", "FLAIR", "post-contrast")
SHAPE = (11, 6, 7)


def pixels(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (*SHAPE, 3)).astype(np.uint8)


def write_pictures(folder: Path, missing: str = "") -> Path:
    """Three exams of two subjects; the second exam lacks the sequences that are named."""
    for seed, exam in enumerate(EXAMS):
        (folder / exam).mkdir(parents=True)
        array = pixels(seed)
        if seed == 1:
            for place, sequence in enumerate(SEQUENCES):
                array[..., place] = array[..., 1] if sequence in missing else array[..., place]
        for number, picture in enumerate(array, start=1):
            Image.fromarray(picture).save(folder / exam / f"{exam}_{number}.tif")
            mask = np.where(picture[..., 1] > 200, np.uint8(255), np.uint8(0))
            Image.fromarray(mask).save(folder / exam / f"{exam}_{number}_mask.tif")
    (folder / "README.md").write_text("The set.")
    (folder / "data.csv").write_text("Patient,RNASeqCluster\nTCGA_CS_4941,2\n")
    return folder


def write_volumes(folder: Path, *more: str) -> Path:
    for seed, exam in enumerate(EXAMS):
        write_image(folder / f"{exam}_flair.nii.gz", pixels(seed)[..., 1])
        write_image(folder / f"{exam}_mask.nii.gz", (pixels(seed)[..., 1] > 200).astype(np.uint8))
    for seed, name in enumerate(more):
        write_image(folder / f"{name}.nii.gz", pixels(10 + seed)[..., 0])
    return folder


def find(folder: Path) -> list[FoundCase]:
    return list(FOLDER.find(folder, Pseudonyms(b"0" * 16), Silent()))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Session]:
    session = small_session(tmp_path / "project")
    yield session
    session.close()


def add(session: Session, folder: Path) -> AddReport:
    return add_cases(session, Source(folder), Silent())


@pytest.mark.parametrize("write", [write_pictures, write_volumes])
def test_it_keeps_its_promises(write, tmp_path: Path):
    check_folder_reader(FOLDER, tmp_path, write(tmp_path / "example"))


@pytest.mark.parametrize("write", [write_bids, write_decathlon, write_nnunet, write_slices])
def test_it_recognises_no_other_form(write, tmp_path: Path):
    assert not FOLDER.recognises(write(tmp_path / "example"))


def test_it_is_asked_before_the_form_that_the_set_has_too(tmp_path: Path):
    folder = write_pictures(tmp_path / "set")
    assert SLICES.recognises(folder)
    assert recognise(folder, small_extensions().folders).name == "tcga-lgg"
    (folder / "case_1").mkdir()
    assert not FOLDER.recognises(folder)


def test_cases_and_subjects_have_no_dates_and_later_exams_a_number(tmp_path: Path):
    for folder in (write_pictures(tmp_path / "pictures"), write_volumes(tmp_path / "volumes")):
        cases = find(folder)
        assert [case.name for case in cases] == NAMES
        assert [case.subject for case in cases] == ["TCGA_CS_4941", "TCGA_CS_4944", "TCGA_CS_4944"]
        assert "19991231" in cases[1].images[0].files[0].name
        assert "20010208" in cases[2].images[0].files[0].name


@pytest.mark.parametrize("place", ["", EXAMS[0], "..", "../.."])
def test_one_exam_all_of_them_and_the_download_are_recognised(place: str, tmp_path: Path):
    inner = write_pictures(tmp_path / "archive" / "lgg-mri-segmentation" / "kaggle_3m")
    folder = (inner / place).resolve()
    assert FOLDER.recognises(folder)
    assert [case.name for case in find(folder)] == (["TCGA_CS_4944"] if place == EXAMS[0] else NAMES)


def test_pictures_come_in_as_three_named_sequences_with_their_label(empty: Session, tmp_path: Path):
    report = add(empty, write_pictures(tmp_path / "set"))
    assert (report.form, report.broken, report.refused_labels) == ("TCGA lower-grade gliomas", (), ())
    assert list(report.labelled) == NAMES
    case = empty.project.cases.get("TCGA_CS_4944")
    assert (case.subject, case.channels) == ("TCGA_CS_4944", SEQUENCES)
    for place, volume in enumerate(empty.files.read_case(case.images)):
        np.testing.assert_array_equal(volume.array, pixels(2)[..., place])
    annotation = empty.project.annotations.current("segmentation")["TCGA_CS_4944"]
    mask = empty.files.read(annotation.mask)[0].array
    np.testing.assert_array_equal(mask, (pixels(2)[..., 1] > 200).astype(np.uint8))
    assert {note.kind for note in report.notes["TCGA_CS_4944"]} == {NoteKind.NO_GEOMETRY}


@pytest.mark.parametrize(
    ("missing", "pairs"),
    [("pre-contrast", ["1 and 2"]), ("pre-contrast post-contrast", ["1 and 2", "1 and 3", "2 and 3"])],
)
def test_flair_in_place_of_a_sequence_is_told_and_keeps_its_channel(
    missing: str, pairs: list[str], empty: Session, tmp_path: Path
):
    report = add(empty, write_pictures(tmp_path / "set", missing))
    assert empty.project.cases.get("TCGA_CS_4941").channels == SEQUENCES
    told = [note.words for note in report.notes["TCGA_CS_4941"] if note.kind is NoteKind.OTHER]
    assert [next(pair for pair in pairs if f"channels {pair}" in words) for words in told] == pairs
    assert report.broken == ()


def test_volumes_are_flair_alone_where_nobody_has_more(empty: Session, tmp_path: Path):
    report = add(empty, write_volumes(tmp_path / "set"))
    assert (list(report.labelled), report.broken) == (NAMES, ())
    assert {case.channels for case in empty.project.cases.all()} == {("FLAIR",)}


def test_flair_stands_in_where_another_exam_has_more(empty: Session, tmp_path: Path):
    report = add(empty, write_volumes(tmp_path / "set", f"{EXAMS[0]}_pre", f"{EXAMS[1]}_pre", f"{EXAMS[1]}_post"))
    assert {case.channels for case in empty.project.cases.all()} == {SEQUENCES}
    notes = {name: [note for note in report.notes.get(name, ()) if note.kind is NoteKind.OTHER] for name in NAMES}
    assert {name: len(found) for name, found in notes.items()} == {NAMES[0]: 0, NAMES[1]: 1, NAMES[2]: 1}
    assert "found no pre-contrast and no post-contrast image; FLAIR stands in" in notes[NAMES[1]][0].words
    assert notes[NAMES[2]][0].verdict is Verdict.NOTED
    volumes = empty.files.read_case(empty.project.cases.get(NAMES[1]).images)
    assert all((volume.array == volumes[1].array).all() for volume in volumes)


def test_a_volume_of_another_name_or_a_mask_alone_is_not_of_the_set(tmp_path: Path):
    folder = write_volumes(tmp_path / "set")
    (folder / "brain.nii.gz").touch()
    assert not FOLDER.recognises(folder)
    (folder / "brain.nii.gz").rename(folder / "TCGA_HT_0001_20000101_mask.nii.gz")
    assert not FOLDER.recognises(folder)


def test_masks_are_found_for_cases_that_were_found_elsewhere(tmp_path: Path):
    for folder in (write_pictures(tmp_path / "pictures"), write_volumes(tmp_path / "volumes")):
        cases = find(folder)
        assert FOLDER.masks(folder, [FoundCase(NAMES[2], ()), FoundCase("other", ())]) == {NAMES[2]: cases[2].mask}


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "count", "channels"), [("lgg_tif", 1, SEQUENCES), ("lgg_flair", 24, ("FLAIR",))])
def test_the_real_set_is_a_project_by_one_command(
    name: str, count: int, channels: tuple[str, ...], tmp_path: Path, medal_data: Path
):
    project = tmp_path / "project"
    made = CliRunner().invoke(
        app, ["new", str(project), "--images", str(medal_data / name), "--task", "lower-grade-glioma"]
    )
    assert made.exit_code == 0, made.output
    session = open_session(project)
    cases = session.project.cases.all()
    assert len(cases) == len(session.project.annotations.current("lower-grade-glioma")) == count
    assert {case.channels for case in cases} == {channels}
    assert session.scheme("lower-grade-glioma").names == ("tumour",)
    for annotation in session.project.annotations.current("lower-grade-glioma").values():
        assert set(np.unique(session.files.read(annotation.mask)[0].array)) == {0, 1}
    session.close()
