from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.grid import Grid
from napari_medal.core.reorientation import Reorientation
from napari_medal.errors import GeometryError
from tests.core.grids import grids

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def _numbered(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.int32).reshape(shape)


@given(grids())
def test_there_and_back_gives_the_same_array(grid: Grid) -> None:
    turn = Reorientation.of(grid)
    array = _numbered(grid.shape)
    canonical = turn.to_canonical(array)
    assert canonical.shape == turn.canonical.shape
    np.testing.assert_array_equal(turn.to_source(canonical), array)
    other = _numbered(canonical.shape)
    np.testing.assert_array_equal(turn.to_canonical(turn.to_source(other)), other)


@given(grids(), st.data())
def test_every_voxel_stays_where_it_was_in_the_patient(grid: Grid, data: st.DataObject) -> None:
    turn = Reorientation.of(grid)
    index = np.array([data.draw(st.integers(0, n - 1)) for n in grid.shape])
    marked = np.zeros(grid.shape, dtype=np.uint8)
    marked[tuple(index)] = 1
    ((found),) = np.argwhere(turn.to_canonical(marked))
    np.testing.assert_allclose(
        turn.canonical.to_world(found.astype(np.float64)), grid.to_world(index.astype(np.float64)), atol=1e-9
    )


@given(grids())
def test_the_canonical_frame_is_z_y_x_in_lps(grid: Grid) -> None:
    canonical = Reorientation.of(grid).canonical
    assert canonical.orientation == "SPL"
    assert sorted(canonical.spacing_mm) == pytest.approx(sorted(grid.spacing_mm))
    assert canonical.voxel_volume_mm3 == pytest.approx(grid.voxel_volume_mm3)


@given(grids())
def test_a_canonical_grid_stays_as_it_is(grid: Grid) -> None:
    turn = Reorientation.of(Reorientation.of(grid).canonical)
    assert turn.permutation == (0, 1, 2)
    assert turn.flipped == (False, False, False)


@given(grids())
def test_turning_copies_nothing(grid: Grid) -> None:
    array = _numbered(grid.shape)
    turn = Reorientation.of(grid)
    canonical = turn.to_canonical(array)
    assert np.shares_memory(canonical, array)
    assert np.shares_memory(turn.to_source(canonical), array)


def _by_nibabel(array: np.ndarray, affine_ras: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the (z, y, x) LPS array and its affine in RAS that nibabel arrives at."""
    turned = nibabel.funcs.as_closest_canonical(nibabel.nifti1.Nifti1Image(array, affine_ras))
    data = np.asanyarray(turned.dataobj)[::-1, ::-1, :].transpose(2, 1, 0)
    nx, ny = turned.shape[:2]
    back = np.array([[0, 0, -1, nx - 1], [0, -1, 0, ny - 1], [1, 0, 0, 0], [0, 0, 0, 1]], dtype=float)
    return data, turned.affine @ back


# nibabel picks axes by another rule (polar decomposition), which agrees as long as no axis is torn between two.
@given(grids(tilt_degrees=20.0))
def test_nibabel_arrives_at_the_same_voxels(grid: Grid) -> None:
    array = _numbered(grid.shape)
    turn = Reorientation.of(grid)
    data, affine = _by_nibabel(array, LPS_TO_RAS @ grid.affine)
    np.testing.assert_array_equal(turn.to_canonical(array), data)
    np.testing.assert_allclose(turn.canonical.affine, LPS_TO_RAS @ affine, atol=1e-4)


@pytest.mark.real_data
def test_nibabel_agrees_on_real_volumes_in_many_axis_orders(medal_data: Path) -> None:
    files = sorted((medal_data / "odd/orientations").glob("*.nii*"))
    assert len(files) >= 12
    for path in files:
        image = nibabel.loadsave.load(path)
        assert isinstance(image, nibabel.nifti1.Nifti1Image)
        array = np.asanyarray(image.dataobj)
        turn = Reorientation.of(Grid(array.shape, LPS_TO_RAS @ image.affine))
        np.testing.assert_array_equal(turn.to_canonical(array), _by_nibabel(array, image.affine)[0])


def test_an_array_that_does_not_fit_is_refused() -> None:
    affine = np.eye(4)[:, [2, 0, 1, 3]]
    turn = Reorientation.of(Grid((2, 3, 4), affine))
    assert turn.canonical.shape != (2, 3, 4)
    with pytest.raises(GeometryError, match=r"shape \(9, 3, 4\); its grid has shape \(2, 3, 4\)"):
        turn.to_canonical(np.zeros((9, 3, 4)))
    with pytest.raises(GeometryError, match=r"shape \(2, 3, 4\); its grid has shape \(2, 4, 3\)"):
        turn.to_source(np.zeros((2, 3, 4)))
