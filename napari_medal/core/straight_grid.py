"""Grids with right angles, for those that lack them."""

import numpy as np

from napari_medal.core.grid import Grid
from napari_medal.types import Affine

_SAME_COSINE = 0.01


def straight_grid(grid: Grid) -> Grid:
    """Return a grid with right angles that covers all voxels of a sheared one.

    The two axes that are closest to a right angle stay as they are, the finer ones among equals, as the rows and
    columns of slices from a tilted gantry; the third becomes their normal, along which slices keep their distance.
    """
    direction = _straight_direction(grid)
    spacing = np.abs(np.einsum("ij,ij->j", direction, grid.affine[:3, :3]))
    corners = np.array(np.meshgrid(*[(0, n - 1) for n in grid.shape])).reshape(3, 8).T.astype(np.float64)
    along = grid.to_world(corners) @ direction
    low, high = along.min(axis=0), along.max(axis=0)
    a, b, c = (int(n) for n in np.ceil((high - low) / spacing - 1e-3) + 1)
    affine = np.eye(4)
    affine[:3, :3] = direction * spacing
    affine[:3, 3] = direction @ low
    return Grid((a, b, c), affine)


def skew_voxels(grid: Grid) -> float:
    """Return by how many of its smallest voxel edges a corner lies beside where right angles would put it."""
    straight = np.eye(4)
    straight[:3, :3] = _straight_direction(grid) * grid.spacing_mm
    centre = (np.asarray(grid.shape, dtype=np.float64) - 1) / 2
    straight[:3, 3] = grid.to_world(centre) - straight[:3, :3] @ centre
    return grid.farthest_corner_mm(Grid(grid.shape, straight)) / min(grid.spacing_mm)


def _straight_direction(grid: Grid) -> Affine:
    """Return unit vectors at right angles, in the columns, that follow the axes of a grid."""
    axes = grid.direction
    cosines = {third: abs(float(axes[:, a] @ axes[:, b])) for third, a, b in ((0, 1, 2), (1, 0, 2), (2, 0, 1))}
    least = min(cosines.values())
    about_straight = [axis for axis, cosine in cosines.items() if cosine <= least + _SAME_COSINE]
    third = max(about_straight, key=lambda axis: (round(grid.spacing_mm[axis], 6), -axis))
    first, second = (axis for axis in range(3) if axis != third)
    direction = axes.copy()
    direction[:, second] -= direction[:, first] * (axes[:, first] @ axes[:, second])
    direction[:, second] /= np.linalg.norm(direction[:, second])
    normal = np.cross(direction[:, first], direction[:, second])
    direction[:, third] = normal if normal @ axes[:, third] > 0 else -normal
    return direction
