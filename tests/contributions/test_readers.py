import shutil
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from napari_medal.contributions.readers import get_reader
from napari_medal.errors import FormatError

RAS_AFFINE = np.array([[0, 0, 2.0, 5], [-0.5, 0, 0, 6], [0, 3.0, 0, 7], [0, 0, 0, 1]])


@pytest.fixture
def brain(tmp_path: Path) -> Path:
    path = tmp_path / "brain.01.nii.gz"
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nibabel.loadsave.save(nibabel.nifti1.Nifti1Image(array, RAS_AFFINE), path)
    return path


def test_a_file_becomes_a_layer_in_the_canonical_frame(brain: Path) -> None:
    read = get_reader(str(brain))
    assert read is not None
    ((array, options, kind),) = read(str(brain))
    assert kind == "image"
    assert options["name"] == "brain.01"
    # Source axis 1 runs to the head in steps of 3 mm, axis 0 to the back in steps of 0.5, axis 2 sideways in 2.
    assert options["scale"] == pytest.approx((3.0, 0.5, 2.0))
    assert array.shape == (3, 2, 4)
    # In RAS the last source axis grows to the right; LPS grows to the left.
    np.testing.assert_array_equal(array[0, 0], [3, 2, 1, 0])


@pytest.mark.parametrize("name", ["a.nii", "a.NII.GZ", "a.mha", "a.nrrd", "a.mgz", "a.nhdr", "a.hdr"])
def test_the_promised_endings_are_claimed(name: str) -> None:
    assert get_reader(name) is not None


def test_pictures_tables_and_unknown_folders_are_left_to_others(brain: Path, tmp_path: Path) -> None:
    for name in ("notes.txt", "a.png", "a.tif", "a.csv"):
        assert get_reader(name) is None
    assert get_reader([str(brain), "notes.txt"]) is None
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "photo.png").write_bytes(b"")
    assert get_reader(str(tmp_path / "pictures")) is None
    assert get_reader([]) is None


@pytest.mark.parametrize(("kind", "is_labels"), [(np.uint8, True), (np.float32, True), (None, False)])
def test_a_mask_by_name_becomes_labels_if_its_values_allow_it(
    tmp_path: Path, kind: type | None, is_labels: bool
) -> None:
    path = tmp_path / "liver_03_seg.nii.gz"
    array = np.full((2, 3, 4), 0.5) if kind is None else np.ones((2, 3, 4), kind)
    nibabel.loadsave.save(nibabel.nifti1.Nifti1Image(array, np.eye(4)), path)
    read = get_reader(str(path))
    assert read is not None
    ((data, _, layer_type),) = read(str(path))
    assert layer_type == ("labels" if is_labels else "image")
    assert data.dtype.kind in ("iu" if is_labels else "f")


def test_a_folder_of_slices_is_one_volume_with_its_mask(tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "brain1"
    folder.mkdir()
    for number in range(1, 12):
        pixels = np.full((6, 5), number, np.uint8)
        Image.fromarray(pixels).save(folder / f"brain1_{number}.png")
        Image.fromarray((pixels > 6).astype(np.uint8)).save(folder / f"brain1_{number}_mask.png")
    read = get_reader(str(folder))
    assert read is not None
    (image, options, kind), (mask, mask_options, mask_kind) = read([str(folder)])
    assert (kind, mask_kind) == ("image", "labels")
    assert (options["name"], mask_options["name"]) == ("brain1", "brain1 mask")
    assert sorted({int(value) for value in np.unique(image)}) == list(range(1, 12))
    np.testing.assert_array_equal(mask > 0, image > 6)


def test_a_folder_of_our_files_opens_and_too_many_do_not(brain: Path, tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(2):
        shutil.copy(brain, folder / f"case_{number}.nii.gz")
    shutil.copy(brain, folder / "case_0_mask.nii.gz")
    read = get_reader(str(folder))
    assert read is not None
    assert [(options["name"], kind) for _, options, kind in read(str(folder))] == [
        ("case_0", "image"),
        ("case_0 mask", "labels"),
        ("case_1", "image"),
    ]
    for number in range(2, 13):
        shutil.copy(brain, folder / f"case_{number}.nii.gz")
    with pytest.raises(FormatError, match="found 13 cases; wanted at most 12"):
        read(str(folder))


def test_what_is_repairable_is_shown_repaired_and_that_is_told(tmp_path: Path) -> None:
    from napari.utils.notifications import notification_manager

    path = tmp_path / "holes.nii.gz"
    array = np.ones((2, 3, 4), np.float32)
    array[0, 0, 0] = np.nan
    nibabel.loadsave.save(nibabel.nifti1.Nifti1Image(array, np.eye(4)), path)
    read = get_reader(str(path))
    assert read is not None
    told: list[str] = []

    def hear(notification: Any) -> None:
        told.append(notification.message)

    notification_manager.notification_ready.connect(hear)
    ((data, _, _),) = read(str(path))
    notification_manager.notification_ready.disconnect(hear)
    assert np.isfinite(data).all()
    assert len(told) == 1
    assert "holes.nii.gz" in told[0]


@pytest.mark.real_data
def test_a_real_folder_of_slices_opens(medal_data: Path) -> None:
    folders = [path for path in (medal_data / "lgg_tif").rglob("*") if path.is_dir() and any(path.glob("*.tif"))]
    read = get_reader(str(folders[0]))
    assert read is not None
    layers = read(str(folders[0]))
    assert [kind for *_, kind in layers] == ["image", "image", "image", "labels"]
    assert len({data.shape for data, *_ in layers}) == 1
    assert layers[0][0].shape[0] > 5


def test_a_broken_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "page.nii.gz"
    path.write_text("<html>Not found</html>")
    read = get_reader(str(path))
    assert read is not None
    with pytest.raises(FormatError, match=r"page\.nii\.gz"):
        read(str(path))
