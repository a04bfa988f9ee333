from pathlib import Path

import pytest

from napari_medal.core.case import Split
from napari_medal.core.file_note import Verdict
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.folders.bids import FOLDER
from tests.io.folders.examples import MASK, image, write_bids, write_json
from tests.small import write_image


def find(folder: Path) -> dict[str, FoundCase]:
    return {case.name: case for case in FOLDER.find(folder, Pseudonyms(b"0" * 16), Silent())}


def test_exams_are_cases_and_their_sequences_channels(tmp_path: Path) -> None:
    cases = find(write_bids(tmp_path))
    assert list(cases) == ["sub-01", "sub-02_ses-a", "sub-02_ses-b", "sub-03"]
    for name, case in cases.items():
        assert [image.name for image in case.images] == ["T1w", "FLAIR"]
        assert [image.files[0].name for image in case.images] == [f"{name}_T1w.nii.gz", f"{name}_FLAIR.nii.gz"]
        assert case.subject == name.split("_")[0]
    splits = {case.subject: case.split for case in cases.values()}
    assert splits == {"sub-01": Split.TRAINING, "sub-02": Split.TEST, "sub-03": Split.UNDRAWN}


def test_what_few_exams_have_is_left_out_and_said(tmp_path: Path) -> None:
    cases = find(write_bids(tmp_path))
    assert {name for name, case in cases.items() if case.notes} == {"sub-03"}
    (note,) = cases["sub-03"].notes
    assert note.verdict is Verdict.NOTED
    assert "sub-03_PDw.nii.gz" in note.words
    assert "asl" not in note.words  # no volume, but a series of them


def test_an_exam_that_lacks_a_sequence_is_refused(tmp_path: Path) -> None:
    write_bids(tmp_path)
    (tmp_path / "sub-03/anat/sub-03_FLAIR.nii.gz").unlink()
    notes = find(tmp_path)["sub-03"].notes
    assert [note.verdict for note in notes] == [Verdict.REFUSED, Verdict.NOTED]
    assert "FLAIR" in notes[0].words


def test_masks_of_labels_go_before_masks_of_one_and_brains_are_none(tmp_path: Path) -> None:
    cases = find(write_bids(tmp_path))
    masks = {name: case.mask.files[0].name for name, case in cases.items() if case.mask is not None}
    assert masks == {
        "sub-01": "sub-01_desc-lesions_dseg.nii.gz",
        "sub-02_ses-b": "sub-02_ses-b_label-lesion_mask.nii.gz",
    }
    assert FOLDER.label_names(tmp_path) == {1: "anterior", 2: "edema"}


def test_two_masks_are_not_chosen_between(tmp_path: Path) -> None:
    write_bids(tmp_path)
    write_image(tmp_path / "derivatives/other/sub-01/anat/sub-01_dseg.nii.gz", MASK)
    cases = find(tmp_path)
    assert cases["sub-01"].mask is None
    assert "none was taken" in cases["sub-01"].notes[0].words
    with pytest.raises(FormatError, match="two masks"):
        FOLDER.masks(tmp_path, list(cases.values()))
    chosen = FOLDER.masks(tmp_path / "derivatives" / "other", list(cases.values()))
    assert {name: mask.files[0].parts[-4] for name, mask in chosen.items()} == {"sub-01": "other"}


def test_runs_are_cases_of_their_own(tmp_path: Path) -> None:
    write_json(tmp_path / "dataset_description.json", {"BIDSVersion": "1.8.0", "DatasetType": "raw"})
    for name in ("run-1_T1w", "run-2_T1w", "ce-gd_T1w"):
        write_image(tmp_path / f"sub-9/anat/sub-9_{name}.nii.gz", image(1))
    cases = find(tmp_path)
    assert list(cases) == ["sub-9_run-1", "sub-9_run-2"]
    assert [image.name for image in cases["sub-9_run-1"].images] == ["T1w", "ce-gd_T1w"]


def test_derivatives_alone_are_no_images(tmp_path: Path) -> None:
    table = {"BIDSVersion": "1.8.0", "DatasetType": "derivative"}
    write_json(tmp_path / "dataset_description.json", table)
    assert not FOLDER.recognises(tmp_path)


def test_which_slices_are_right_is_no_mask(tmp_path: Path) -> None:
    write_bids(tmp_path)
    write_image(tmp_path / "derivatives/manual/sub-03/anat/sub-03_desc-confirmed_mask.nii.gz", MASK)
    assert find(tmp_path)["sub-03"].mask is None
