from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from napari_medal.core.file_note import NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.mask_meaning import MaskMeaning
from napari_medal.errors import GeometryError
from napari_medal.io.fit_label import FittedLabel, fit_label
from napari_medal.io.read import VolumeFiles
from tests.small import write_image

AFFINE = np.diag([-1.0, -1.0, 1.0, 1.0])
MASK = np.zeros((12, 10, 8), np.uint8)
MASK[3:7, 3:7, 2:5] = 1
MASK[7:9, 3:7, 2:5] = 2


@pytest.fixture
def grid(files: VolumeFiles, tmp_path: Path) -> Grid:
    return files.read(write_image(tmp_path / "image.nii.gz", MASK, AFFINE))[0].grid


def fit(files: VolumeFiles, path: Path, grid: Grid, parts: LabelScheme, repair: bool = False) -> FittedLabel:
    return fit_label(files, FoundImage((path,)), grid, parts, repair)


def verdict(found: FittedLabel) -> Verdict:
    (note,) = found.notes
    assert "mask" in note.words
    return note.verdict


def moved(x_mm: float, scale: float = 1.0) -> Any:
    affine = AFFINE @ np.diag([scale, scale, scale, 1.0])
    affine[0, 3] += x_mm
    return affine


def test_a_label_on_the_grid_is_taken_whatever_its_axis_order(
    files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path
) -> None:
    turned = nib.as_closest_canonical(nib.Nifti1Image(MASK, AFFINE))
    turned.to_filename(tmp_path / "mask.nii.gz")
    found = fit(files, tmp_path / "mask.nii.gz", grid, parts)
    assert found.notes == ()
    np.testing.assert_array_equal(found.mask, MASK.transpose(2, 1, 0))


def test_a_header_off_by_rounding_can_be_repaired(
    files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path
) -> None:
    path = write_image(tmp_path / "mask.nii.gz", MASK, moved(0.2))
    refused = fit(files, path, grid, parts)
    assert (refused.mask, verdict(refused)) == (None, Verdict.REPAIRABLE)
    mended = fit(files, path, grid, parts, repair=True)
    assert verdict(mended) is Verdict.REPAIRED
    np.testing.assert_array_equal(mended.mask, MASK.transpose(2, 1, 0))


@pytest.mark.parametrize("affine", [moved(3.0), np.diag([1.0, -1, 1, 1]), np.diag([-2.0, -2, 2, 1])])
def test_the_same_shape_elsewhere_is_never_guessed(
    files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path, affine: Any
) -> None:
    path = write_image(tmp_path / "mask.nii.gz", MASK, affine)
    found = fit(files, path, grid, parts, repair=True)
    assert (found.mask, verdict(found)) == (None, Verdict.REFUSED)


def test_a_finer_label_goes_by_the_nearest_voxel_when_asked(
    files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path
) -> None:
    fine = MASK.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    affine = moved(0.0, 0.5)
    affine[:3, 3] += (0.25, 0.25, -0.25)
    path = write_image(tmp_path / "mask.nii.gz", fine, affine)
    refused = fit(files, path, grid, parts)
    assert (refused.mask, verdict(refused)) == (None, Verdict.REPAIRABLE)
    mended = fit(files, path, grid, parts, repair=True)
    assert verdict(mended) is Verdict.REPAIRED
    np.testing.assert_array_equal(mended.mask, MASK.transpose(2, 1, 0))


def test_labels_are_never_mixed(files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path) -> None:
    """A mask with a margin of its own, a third of a voxel aside: interpolated, 2 beside 0 would become 1."""
    padded = np.pad(MASK, ((0, 3), (0, 0), (0, 0)))
    path = write_image(tmp_path / "mask.nii.gz", padded, moved(0.35))
    mended = fit(files, path, grid, parts, repair=True)
    assert verdict(mended) is Verdict.REPAIRED
    np.testing.assert_array_equal(mended.mask, MASK.transpose(2, 1, 0))


def test_what_would_lose_labels_is_refused(files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path) -> None:
    outside = np.zeros((14, 10, 8), np.uint8)
    outside[10:, 3:7, 2:5] = 1
    found = fit(files, write_image(tmp_path / "mask.nii.gz", outside, AFFINE), grid, parts, repair=True)
    assert (found.mask, verdict(found)) == (None, Verdict.REFUSED)
    tiny = np.zeros((48, 40, 32), np.uint8)
    tiny[8:20, 8:20, 8:20], tiny[21, 21, 21] = 1, 2
    found = fit(files, write_image(tmp_path / "mask_2.nii.gz", tiny, moved(0.0, 0.25)), grid, parts, repair=True)
    assert "vanish" in found.notes[0].words


def test_a_label_that_says_no_positions_is_not_fitted(
    files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path
) -> None:
    image = nib.Nifti1Image(MASK[:-1], None)
    image.to_filename(tmp_path / "mask.nii.gz")
    found = fit(files, tmp_path / "mask.nii.gz", grid, parts, repair=True)
    assert (found.mask, verdict(found)) == (None, Verdict.REFUSED)
    Image.fromarray(np.zeros((4, 5), np.uint8)).save(tmp_path / "mask.png")
    picture = Grid((1, 8, 9), np.eye(4)[[2, 1, 0, 3]])
    assert verdict(fit(files, tmp_path / "mask.png", picture, parts, repair=True)) is Verdict.REFUSED


def test_values_that_are_no_labels_are_refused(
    files: VolumeFiles, grid: Grid, parts: LabelScheme, tmp_path: Path
) -> None:
    path = write_image(tmp_path / "mask.nii.gz", MASK * 3, AFFINE)
    with pytest.raises(GeometryError, match=r"mask\.nii\.gz"):
        fit(files, path, grid, parts)


@pytest.fixture
def lesion() -> LabelScheme:
    return LabelScheme((LabelClass(3, "lesion", "#ff0000"),))


def test_the_only_value_is_taken_for_the_only_label_when_asked(
    files: VolumeFiles, tmp_path: Path, grid: Grid, lesion: LabelScheme
) -> None:
    marked = MASK == 1
    path = write_image(tmp_path / "mask.nii.gz", marked.astype(np.uint8) * 255, AFFINE)
    refused = fit(files, path, grid, lesion)
    assert (refused.mask, verdict(refused)) == (None, Verdict.REPAIRABLE)
    assert "found the label value 255 alone; wanted 3. It can be taken for 'lesion'" in refused.notes[0].words
    repaired = fit(files, path, grid, lesion, repair=True)
    assert verdict(repaired) is Verdict.REPAIRED
    assert repaired.mask is not None
    assert np.array_equal(repaired.mask, files.read(path)[0].array // 255 * 3)


@pytest.mark.parametrize("values", [(0, 128, 255), (0, 3, 255), (0, 0.5), (0, -1)])
def test_other_values_are_refused_for_good(
    files: VolumeFiles, tmp_path: Path, grid: Grid, lesion: LabelScheme, values: tuple[float, ...]
) -> None:
    stored = np.resize(np.array(values, np.float32), MASK.shape)
    with pytest.raises(GeometryError, match="found the label values"):
        fit(files, write_image(tmp_path / "mask.nii.gz", stored, AFFINE), grid, lesion, repair=True)


def test_pictures_that_mark_with_255_are_repairable(files: VolumeFiles, tmp_path: Path, lesion: LabelScheme) -> None:
    for name, pixels in (("image", MASK[4]), ("mask", (MASK[4] > 0).astype(np.uint8) * 255)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    flat = files.read(tmp_path / "image.png")[0].grid
    assert verdict(fit(files, tmp_path / "mask.png", flat, lesion)) is Verdict.REPAIRABLE
    repaired = fit(files, tmp_path / "mask.png", flat, lesion, repair=True)
    assert repaired.mask is not None
    assert np.array_equal(repaired.mask[0], (MASK[4] > 0) * 3)


def test_both_repairs_are_said(files: VolumeFiles, tmp_path: Path, grid: Grid, lesion: LabelScheme) -> None:
    padded = np.pad((MASK == 1).astype(np.uint8), ((0, 2), (0, 0), (0, 0)))
    path = write_image(tmp_path / "mask.nii.gz", padded, AFFINE)
    found = fit(files, path, grid, lesion, repair=True)
    assert [note.kind for note in found.notes] == [NoteKind.LABEL_VALUE, NoteKind.LABEL_GRID]
    assert found.mask is not None
    assert np.count_nonzero(found.mask == 3) == np.count_nonzero(MASK == 1)


def test_a_mask_that_is_right_in_part_is_not_fitted_onto_another_grid(
    files: VolumeFiles, tmp_path: Path, grid: Grid, parts: LabelScheme
) -> None:
    path = write_image(tmp_path / "mask.nii.gz", np.pad(MASK, ((0, 2), (0, 0), (0, 0))), AFFINE)
    image = FoundImage((path,), meaning=MaskMeaning(confirmed=((2, 4),)))
    found = fit_label(files, image, grid, parts, repair=True)
    assert (found.mask, verdict(found)) == (None, Verdict.REFUSED)


def test_a_mask_that_is_right_in_part_is_no_whole_label(
    files: VolumeFiles, tmp_path: Path, grid: Grid, parts: LabelScheme
) -> None:
    path = write_image(tmp_path / "mask.nii.gz", MASK, AFFINE)
    meaning = MaskMeaning(confirmed=((2, 4),))
    assert fit_label(files, FoundImage((path,), meaning=meaning), grid, parts, repair=False).confirmed == ((2, 4),)
    with pytest.raises(GeometryError, match="wanted a whole one"):
        files.read_label(FoundImage((path,), meaning=meaning), grid, parts)
