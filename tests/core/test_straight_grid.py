import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.grid import Grid
from napari_medal.core.straight_grid import skew_voxels, straight_grid
from tests.core.grids import grids


def sheared(grid: Grid, shear: float) -> Grid:
    """Tilt the first axis of a grid towards its second, as a gantry does."""
    affine = grid.affine.copy()
    affine[:3, 0] += shear * affine[:3, 1] / grid.spacing_mm[1] * grid.spacing_mm[0]
    return Grid(grid.shape, affine)


@given(grids())
def test_what_is_straight_stays_as_it_is(grid: Grid) -> None:
    assert skew_voxels(grid) < 1e-6
    assert straight_grid(grid).matches(grid)


@given(grids(), st.floats(0.05, 1.0))
def test_a_straight_grid_has_right_angles_and_covers_every_voxel(grid: Grid, shear: float) -> None:
    tilted = sheared(grid, shear)
    straight = straight_grid(tilted)
    np.testing.assert_allclose(straight.direction.T @ straight.direction, np.eye(3), atol=1e-9)
    assert np.sign(np.linalg.det(straight.direction)) == np.sign(np.linalg.det(tilted.direction))
    corners = np.array(np.meshgrid(*[(0, n - 1) for n in tilted.shape])).reshape(3, 8).T.astype(float)
    index = straight.to_index(tilted.to_world(corners))
    assert (index > -1e-6).all()
    assert (index < np.array(straight.shape) - 1 + 2e-3).all()


def test_a_tilted_gantry_keeps_its_slices() -> None:
    tilted = sheared(Grid((10, 20, 30), np.diag([3.0, 0.5, 0.5, 1.0])), 0.3)
    straight = straight_grid(tilted)
    np.testing.assert_allclose(straight.direction[:, 1:], tilted.direction[:, 1:], atol=1e-12)
    np.testing.assert_allclose(straight.spacing_mm, (3.0, 0.5, 0.5))
    assert straight.shape[0] == 10
    assert skew_voxels(tilted) > 5


def test_space_that_is_shared() -> None:
    whole = Grid((10, 10, 10), np.eye(4))
    fine = Grid((20, 20, 20), np.diag([0.5, 0.5, 0.5, 1.0]))
    aside = np.eye(4)
    aside[0, 3] = 5.0
    assert whole.shared_with(whole) == 1.0
    assert whole.shared_with(fine) > 0.8
    np.testing.assert_allclose(whole.shared_with(Grid((10, 10, 10), aside)), 0.5, atol=0.05)
    far = np.eye(4)
    far[0, 3] = 50.0
    assert whole.shared_with(Grid((10, 10, 10), far)) == 0.0
