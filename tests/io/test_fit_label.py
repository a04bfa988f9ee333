from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from napari_medal.core.file_note import Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
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
