import json
from pathlib import Path

import pytest

from napari_medal.core.case import Split
from napari_medal.core.file_note import Verdict
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.folders.nnunet import FOLDER
from tests.io.folders.examples import write_json, write_nnunet


def find(folder: Path) -> dict[str, FoundCase]:
    return {case.name: case for case in FOLDER.find(folder, Pseudonyms(b"0" * 16), Silent())}


def test_channels_masks_and_splits(tmp_path: Path) -> None:
    cases = find(write_nnunet(tmp_path))
    splits = {name: case.split for name, case in cases.items()}
    assert splits == {
        "case_1": Split.TRAINING,
        "case_2": Split.VALIDATION,
        "case_3": Split.TRAINING,
        "test_1": Split.TEST,
    }
    for name, case in cases.items():
        assert [(image.name, image.files[0].name) for image in case.images] == [
            ("T1", f"{name}_0000.nii.gz"),
            ("FLAIR", f"{name}_0001.nii.gz"),
        ]
        assert (case.mask is None) == (name == "test_1")
    assert FOLDER.label_names(tmp_path) == {1: "anterior", 2: "posterior"}


def test_splits_lie_beside_the_preprocessed_data(tmp_path: Path) -> None:
    folder = write_nnunet(tmp_path / "nnUNet_raw" / "Dataset001_Small")
    other = tmp_path / "nnUNet_preprocessed" / folder.name / "splits_final.json"
    other.parent.mkdir(parents=True)
    (folder / "splits_final.json").rename(other)
    assert find(folder)["case_2"].split is Split.VALIDATION
    other.unlink()
    assert find(folder)["case_2"].split is Split.UNDRAWN


def test_a_missing_channel_refuses_its_case(tmp_path: Path) -> None:
    (write_nnunet(tmp_path) / "imagesTr" / "case_2_0001.nii.gz").unlink()
    cases = find(tmp_path)
    assert [note.verdict for note in cases["case_2"].notes] == [Verdict.REFUSED]
    assert not cases["case_1"].notes


def test_the_table_may_list_the_cases(tmp_path: Path) -> None:
    write_nnunet(tmp_path)
    table = json.loads((tmp_path / "dataset.json").read_text())
    images = ["imagesTr/case_1_0000.nii.gz", "imagesTr/case_1_0001.nii.gz"]
    table["dataset"] = {"one": {"images": images, "label": "labelsTr/case_1.nii.gz"}}
    write_json(tmp_path / "dataset.json", table)
    (case,) = find(tmp_path).values()
    assert (case.name, len(case.images), case.mask is not None) == ("one", 2, True)
    table["dataset"]["one"]["label"] = "../../secret.nii.gz"
    write_json(tmp_path / "dataset.json", table)
    with pytest.raises(FormatError, match="outside the folder"):
        find(tmp_path)


@pytest.mark.parametrize("content", ["[]", "{}", '[{"train": []}]', "no json"])
def test_splits_that_are_none_are_refused(tmp_path: Path, content: str) -> None:
    (write_nnunet(tmp_path) / "splits_final.json").write_text(content)
    with pytest.raises(FormatError, match=r"splits_final\.json"):
        find(tmp_path)
