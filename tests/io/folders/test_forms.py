"""What all readers of folders have in common."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from napari_medal.core.folder_reader import FolderReader
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.folders.bids import FOLDER as BIDS
from napari_medal.io.folders.decathlon import FOLDER as DECATHLON
from napari_medal.io.folders.nnunet import FOLDER as NNUNET
from napari_medal.io.folders.paired import FOLDER as PAIRED
from napari_medal.io.folders.plain import FOLDER as PLAIN
from napari_medal.io.folders.slices import FOLDER as SLICES
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.testing import check_folder_reader
from tests.io.folders.examples import write_bids, write_decathlon, write_nnunet, write_slices
from tests.small import write_image

FORMS: dict[str, tuple[FolderReader, Callable[[Path], Path]]] = {
    "bids": (BIDS, write_bids),
    "decathlon": (DECATHLON, write_decathlon),
    "nnunet": (NNUNET, write_nnunet),
    "slices": (SLICES, write_slices),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_keeps_its_promises_and_recognises_no_other_form(tmp_path: Path, form: str) -> None:
    reader, write = FORMS[form]
    example = write(tmp_path / "example")
    check_folder_reader(reader, tmp_path, example)
    assert [name for name, (other, _) in FORMS.items() if other.recognises(example)] == [form]


def test_the_plain_one_keeps_its_promises(tmp_path: Path, cohort: PhantomCohort) -> None:
    check_folder_reader(PLAIN, tmp_path, cohort.images)
    assert [name for name, (reader, _) in FORMS.items() if reader.recognises(cohort.images)] == []


@pytest.mark.real_data
def test_real_folders_are_recognised_for_what_they_are(medal_data: Path) -> None:
    wanted = {"lgg_tif": ["slices"], "breast_us/images": [], "hippocampus/images": [], "brats": [], "odd": []}
    wanted["hippocampus"] = ["paired"]
    every = {form: reader for form, (reader, _) in FORMS.items()} | {"paired": PAIRED}
    for name, forms in wanted.items():
        folder = medal_data / name
        if folder.is_dir():
            assert [form for form, reader in every.items() if reader.recognises(folder)] == forms, name


@pytest.mark.parametrize("form", FORMS)
def test_no_reader_recognises_what_it_may_not_look_into(tmp_path: Path, form: str) -> None:
    reader, _ = FORMS[form]
    (tmp_path / "dataset.json").mkdir()
    (tmp_path / "dataset_description.json").mkdir()
    assert reader.recognises(tmp_path) is False


@pytest.mark.parametrize("form", FORMS)
def test_masks_are_found_for_cases_that_were_found_elsewhere(tmp_path: Path, form: str) -> None:
    reader, write = FORMS[form]
    cases = reader.find(write(tmp_path), Pseudonyms(b"0" * 16), Silent())
    found = reader.masks(tmp_path, cases)
    with_mask = {case.name: case.mask for case in cases if case.mask is not None}
    assert with_mask
    assert {name: found[name] for name in with_mask} == with_mask


def test_pictures_of_many_patients_are_no_slices(tmp_path: Path) -> None:
    for place in ("benign", "malignant"):
        (tmp_path / "classes" / place).mkdir(parents=True)
        for number in range(6):
            (tmp_path / "classes" / place / f"{place}_{number}.png").touch()
    assert not SLICES.recognises(tmp_path / "classes")
    write_image(tmp_path / "case_1" / "case_1_0000.nii.gz", np.ones((2, 2, 2), np.uint8))
    assert not SLICES.recognises(tmp_path / "case_1")
