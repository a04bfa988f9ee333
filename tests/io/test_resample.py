from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from napari_medal.core.grid import Grid
from napari_medal.core.volume import Volume
from napari_medal.io.nifti import READER
from napari_medal.io.resample import resample
from napari_medal.io.samples.phantom import PhantomCohort
from napari_medal.io.write_volume import write_volume


def turned(about: Grid, shape: tuple[int, int, int]) -> Grid:
    """A coarser, oblique grid about the centre of another."""
    angle = np.radians(12)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = (turn @ np.eye(3)[:, [2, 1, 0]]) * (1.7, 1.3, 1.1)
    centre = about.to_world((np.array(about.shape) - 1) / 2)
    affine[:3, 3] = centre - affine[:3, :3] @ (np.array(shape) - 1) / 2
    return Grid(shape, affine)


@pytest.mark.parametrize("nearest", [False, True])
def test_a_phantom_is_resampled_as_simple_itk_does(tmp_path: Path, cohort: PhantomCohort, nearest: bool) -> None:
    """Both by the files alone: what ITK reads, on the grid of a file that we wrote."""
    source = (cohort.labels if nearest else cohort.images) / "case_000.nii.gz"
    (volume,) = READER.read(source)
    target = turned(volume.grid, (12, 14, 15))
    write_volume(tmp_path / "target.nii.gz", Volume(np.zeros(target.shape, np.uint8), target))
    kind = SimpleITK.sitkNearestNeighbor if nearest else SimpleITK.sitkLinear
    image = SimpleITK.ReadImage(str(source), SimpleITK.sitkUInt8 if nearest else SimpleITK.sitkFloat64)
    reference = SimpleITK.ReadImage(str(tmp_path / "target.nii.gz"))
    outside = 0.0 if nearest else float(volume.array.min())
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.Resample(image, reference, SimpleITK.Transform(), kind, outside))
    ours = resample(volume, target, nearest)
    assert ours.grid is target
    assert ours.array.dtype == volume.array.dtype
    assert len(np.unique(ours.array)) > 2
    if nearest:
        assert (ours.array != theirs).mean() < 1e-3  # at equal distances
    else:
        np.testing.assert_allclose(ours.array, theirs, atol=0.51 if volume.array.dtype.kind in "iu" else 1e-3)


def test_a_slope_stays_a_slope() -> None:
    """A linear function of the position is interpolated without an error, whatever the grid."""
    source = Grid((8, 9, 10), np.diag([2.0, 1.0, 1.5, 1.0])[[2, 1, 0, 3]])
    index = np.stack(np.meshgrid(*[np.arange(n) for n in source.shape], indexing="ij"), axis=-1).astype(float)
    field = source.to_world(index) @ (1.0, -2.0, 0.5)
    inside = Grid((4, 4, 4), np.array([[0, 0.1, 1.2, 4.0], [0, 1.1, 0.1, 2.0], [1.3, 0, 0, 5.0], [0, 0, 0, 1.0]]))
    found = resample(Volume(field, source), inside)
    places = np.stack(np.meshgrid(*[np.arange(4)] * 3, indexing="ij"), axis=-1).astype(float)
    np.testing.assert_allclose(found.array, inside.to_world(places) @ (1.0, -2.0, 0.5), atol=1e-9)


@pytest.mark.parametrize(
    "kind", [np.uint8, np.int16, np.uint16, np.int32, np.float16, np.float32, np.float64, np.bool_]
)
def test_numbers_keep_their_type_and_the_same_grid_their_value(kind: type) -> None:
    grid = Grid((3, 4, 5), np.eye(4)[[2, 1, 0, 3]])
    array = np.random.default_rng(0).integers(0, 2 if kind is np.bool_ else 200, grid.shape).astype(kind)
    for nearest in (False, True):
        found = resample(Volume(array, grid), grid, nearest)
        assert found.array.dtype == array.dtype
        np.testing.assert_array_equal(found.array, array)


def test_whole_numbers_are_rounded_and_the_lowest_lies_outside() -> None:
    grid = Grid((1, 1, 2), np.eye(4)[[2, 1, 0, 3]])
    half = np.eye(4)[[2, 1, 0, 3]] * 1.0
    half[0, 3] = 0.75
    found = resample(Volume(np.array([[[-5, 5]]], np.int16), grid), Grid((1, 1, 3), half))
    assert found.array.ravel().tolist() == [2, -5, -5]
