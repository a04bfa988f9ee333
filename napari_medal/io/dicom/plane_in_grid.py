"""Where the pixels of a picture lie among the voxels of a grid."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.io.dicom.frame import Frame

_WITHIN = 0.01
"""Of a voxel, within slices: positions are written with few digits."""
_ACROSS = 0.05
"""Of the slice distance: as uneven as slices may be that are taken for even."""


@dataclass(frozen=True)
class PlaneInGrid:
    """A picture whose pixels are voxels of a grid, in one slice along any axis.

    Args:
        first: Voxel of its first pixel.
        row_axis: Array axis along which its rows follow one another.
        column_axis: Array axis along which its columns do.
        row_sign: 1 or -1: the direction.
        column_sign: 1 or -1: the direction.
    """

    first: tuple[int, int, int]
    row_axis: int
    column_axis: int
    row_sign: int
    column_sign: int

    @classmethod
    def of(cls, frame: Frame, grid: Grid) -> Self | None:
        """Find the voxels; None where pixels lie between them, by more than a hundredth within slices."""
        to_index = np.linalg.inv(grid.affine)
        directions = np.array(frame.orientation).reshape(2, 3)
        spacing = np.array(frame.spacing_mm)
        down = to_index[:3, :3] @ (directions[1] * spacing[0])
        right = to_index[:3, :3] @ (directions[0] * spacing[1])
        first = to_index[:3, :3] @ np.array(frame.position_mm) + to_index[:3, 3]
        row_axis, column_axis = int(np.abs(down).argmax()), int(np.abs(right).argmax())
        if row_axis == column_axis:
            return None
        ends = np.array(
            [(row, column) for row in (0, frame.pixels.rows - 1) for column in (0, frame.pixels.columns - 1)]
        )
        exact = first + ends[:, :1] * down + ends[:, 1:] * right
        near = np.rint(first) + ends[:, :1] * np.rint(down) + ends[:, 1:] * np.rint(right)
        allowed = np.full(3, _WITHIN)
        allowed[3 - row_axis - column_axis] = _ACROSS
        steps = np.abs(np.rint((down, right))).sum(axis=1)
        if np.any(np.abs(exact - near) > allowed) or not np.array_equal(steps, (1, 1)):
            return None
        z, y, x = (int(value) for value in np.rint(first))
        return cls((z, y, x), row_axis, column_axis, int(np.sign(down[row_axis])), int(np.sign(right[column_axis])))

    def paint(self, pixels: npt.NDArray[np.bool_], region: npt.NDArray[np.bool_]) -> bool:
        """Add (row, column) pixels to a (Z, Y, X) region; False where one of them lies outside."""
        rows, columns = np.nonzero(pixels)
        index = [np.full(rows.shape, start) for start in self.first]
        index[self.row_axis] = self.first[self.row_axis] + self.row_sign * rows
        index[self.column_axis] = self.first[self.column_axis] + self.column_sign * columns
        if any(axis.min() < 0 or axis.max() >= size for axis, size in zip(index, region.shape, strict=True)):
            return False
        region[tuple(index)] = True
        return True
