from pathlib import Path

from napari_medal.core.progress import Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.io.folders.plain import FOLDER


def test_every_image_is_a_case_and_masks_go_by_name(tmp_path: Path) -> None:
    for name in ("a.nii.gz", "b.mha", "notes.txt", "masks/a_seg.nii.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert FOLDER.recognises(tmp_path)
    assert not FOLDER.recognises(tmp_path / "a.nii.gz")
    cases = FOLDER.find(tmp_path, Pseudonyms(b"0" * 16), Silent())
    assert [case.name for case in cases] == ["a", "b", "masks"]
    assert {name: mask.files[0].name for name, mask in FOLDER.masks(tmp_path / "masks", cases).items()} == {
        "a": "a_seg.nii.gz"
    }
