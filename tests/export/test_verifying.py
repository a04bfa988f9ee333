import json
from pathlib import Path

import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import FormatError
from napari_medal.export.verifying import verify
from napari_medal.loop.exporting import export
from napari_medal.loop.session import Session


@pytest.fixture
def dataset(curated: Session, tmp_path: Path) -> Path:
    return export(curated, tmp_path / "out", "nifti", Silent()).folder


def test_a_dataset_is_as_it_was_written(dataset: Path) -> None:
    report = verify(dataset, Silent())
    assert report.is_whole
    assert report.checked == 13


def test_what_is_missing_changed_or_extra_is_named(dataset: Path) -> None:
    mask = dataset / "masks" / "segmentation" / "case_001.nii.gz"
    content = bytearray(mask.read_bytes())
    content[-20] ^= 1
    mask.write_bytes(bytes(content))
    (dataset / "README.md").unlink()
    (dataset / "images" / "mine.txt").write_text("mine")
    report = verify(dataset, Silent())
    assert not report.is_whole
    assert report.missing == ("README.md",)
    assert report.changed == ("masks/segmentation/case_001.nii.gz",)
    assert report.extra == ("images/mine.txt",)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": {"a": 3}}', '{"files": {"a": {"sha256": "x"}}}', "\xff"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(FormatError, match=r"manifest\.json: found something else"):
        verify(tmp_path, Silent())


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="found no such file; wanted the manifest"):
        verify(tmp_path, Silent())


@pytest.mark.parametrize("name", ["/etc/passwd", "../out/x", "a/../../b", "..\\x"])
def test_a_manifest_names_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    content = {"files": {name: {"sha256": "0" * 64, "bytes": 1}}}
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(FormatError, match="wanted files below the dataset's own folder"):
        verify(tmp_path, Silent())
