"""Images in one subfolder, masks in another."""

from pathlib import Path

import pytest

from napari_medal.core.case import Split
from napari_medal.core.found_cases import FoundCases
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.folders.paired import FOLDER
from napari_medal.testing import check_folder_reader
from tests.io.folders.examples import MASK, image
from tests.small import write_image

KEY = Pseudonyms(b"0" * 16)
HEADER = "case,subject,split,task,mask,confirmed\n"


def write(folder: Path, images: str = "Images", masks: str = "labels") -> Path:
    for seed, name in enumerate(("a", "b", "c")):
        write_image(folder / images / f"{name}.nii.gz", image(seed))
    for name in ("a", "c_seg"):
        write_image(folder / masks / f"{name}.nii.gz", MASK)
    return folder


def find(folder: Path) -> FoundCases:
    found = FOLDER.find(folder, KEY, Silent())
    assert isinstance(found, FoundCases)
    return found


@pytest.mark.parametrize(
    ("images", "masks"), [("images", "labels"), ("Images", "MASKS"), ("imagesTr", "labelsTr"), ("images", "labelsTr")]
)
def test_each_image_is_a_case_and_its_mask_has_its_name(tmp_path: Path, images: str, masks: str) -> None:
    folder = write(tmp_path / "example", images, masks)
    check_folder_reader(FOLDER, tmp_path, folder)
    found = find(folder)
    assert [(case.name, None if case.mask is None else case.mask.files) for case in found] == [
        ("a", (folder / masks / "a.nii.gz",)),
        ("b", None),
        ("c", (folder / masks / "c_seg.nii.gz",)),
    ]
    assert found.remarks == ()


def test_either_kind_alone_is_not_recognised(tmp_path: Path) -> None:
    write(tmp_path / "one", masks="Images")
    write(tmp_path / "other", images="labels")
    assert not FOLDER.recognises(tmp_path / "one")
    assert not FOLDER.recognises(tmp_path / "other")


@pytest.mark.parametrize(
    ("table", "is_paired"), [("{}", True), ('{"channel_names": {}}', False), ('{"modality": {}}', False)]
)
def test_what_has_a_table_of_another_form_is_left_to_that(tmp_path: Path, table: str, is_paired: bool) -> None:
    write(tmp_path)
    (tmp_path / "dataset.json").write_text(table)
    assert FOLDER.recognises(tmp_path) is is_paired


def test_the_second_folder_of_images_is_the_test_set(tmp_path: Path) -> None:
    write(tmp_path, "imagesTr", "labelsTr")
    write_image(tmp_path / "imagesTs" / "d.nii.gz", image(4))
    assert [case.split for case in find(tmp_path)] == [*[Split.UNDRAWN] * 3, Split.TEST]
    write_image(tmp_path / "imagesTs" / "a.nii.gz", image(4))
    with pytest.raises(FormatError, match="found the case a in two of its folders"):
        find(tmp_path)


def test_a_case_with_masks_in_two_folders_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    write_image(tmp_path / "masks" / "a.nii.gz", MASK)
    with pytest.raises(FormatError, match="Case a: found two masks"):
        find(tmp_path)


def test_of_our_own_masks_of_two_tasks_none_is_taken(tmp_path: Path) -> None:
    write(tmp_path)
    rows = "a,s,test,liver,labels/a.nii.gz,\na,s,test,tumour,labels/c_seg.nii.gz,2-3\n"
    (tmp_path / "annotations.csv").write_text(HEADER + rows)
    found = find(tmp_path)
    assert [case.mask for case in found] == [None, None, None]
    assert (found[0].subject, found[0].split, found[1].subject) == ("s", Split.TEST, "")
    (remark,) = found.remarks
    assert "liver, tumour; none was taken" in remark


@pytest.mark.parametrize(
    "row", ["a,s,test,liver,../a.nii.gz,", "a,s,tset,liver,labels/a.nii.gz,", "a,s,test,liver,m,x"]
)
def test_a_table_that_we_have_not_written_so_is_refused(tmp_path: Path, row: str) -> None:
    write(tmp_path)
    (tmp_path / "annotations.csv").write_text(f"{HEADER}{row}\n")
    with pytest.raises(FormatError, match=r"annotations\.csv: found"):
        find(tmp_path)


def test_tables_of_others_say_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "annotations.csv").write_text("case,mask\na,nowhere.nii.gz\n")
    assert [case.mask is not None for case in find(tmp_path)] == [True, False, True]
