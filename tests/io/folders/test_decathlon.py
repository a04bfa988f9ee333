import json
from pathlib import Path
from typing import Any

import pytest

from napari_medal.core.case import Split
from napari_medal.core.found_case import FoundCase
from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.folders.decathlon import FOLDER
from tests.io.folders.examples import write_decathlon, write_json


def find(folder: Path) -> dict[str, FoundCase]:
    return {case.name: case for case in FOLDER.find(folder, Pseudonyms(b"0" * 16), Silent())}


def test_volumes_of_a_file_are_channels(tmp_path: Path) -> None:
    cases = find(write_decathlon(tmp_path, modalities=3))
    assert list(cases) == ["brain_001", "brain_002", "brain_003"]
    for name, case in cases.items():
        assert [(image.name, image.volume) for image in case.images] == [("FLAIR", 0), ("T1w", 1), ("t1gd", 2)]
        assert {image.files[0].name for image in case.images} == {f"{name}.nii.gz"}
    assert [case.split for case in cases.values()] == [Split.UNDRAWN, Split.UNDRAWN, Split.TEST]
    assert [case.mask is None for case in cases.values()] == [False, False, True]
    assert FOLDER.label_names(tmp_path) == {1: "anterior", 2: "posterior"}


def test_one_modality_is_a_file_of_its_own(tmp_path: Path) -> None:
    for case in find(write_decathlon(tmp_path, modalities=1)).values():
        assert [(image.name, image.volume) for image in case.images] == [("FLAIR", None)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("training", [{"image": "../secret.nii.gz", "label": "a.nii.gz"}]),
        ("training", [{"image": "/etc/passwd"}]),
        ("training", [3]),
        ("test", {"a": "b"}),
        ("modality", {"first": "MRI"}),
        ("training", [{"image": "a.nii.gz"}, {"image": "b/a.nii.gz"}]),
    ],
)
def test_tables_that_contradict_themselves_are_refused(tmp_path: Path, key: str, value: Any) -> None:
    write_decathlon(tmp_path)
    table = json.loads((tmp_path / "dataset.json").read_text())
    write_json(tmp_path / "dataset.json", {**table, key: value})
    with pytest.raises(FormatError, match=r"dataset\.json"):
        find(tmp_path)
