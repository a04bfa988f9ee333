"""The last steps of every reader: check the values and turn them into the canonical frame."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.core.reorientation import Reorientation
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError, GeometryError
from napari_medal.types import Affine

_MOST_MM = 1e9
_LEAST_DETERMINANT = 1e-3
"""Of the unit vectors along the axes: less is three axes that lie in one plane."""


def canonical_volume(array: npt.NDArray[Any], grid: Grid, path: Path) -> Volume:
    """Turn a file's three-dimensional array into a contiguous canonical volume in native byte order.

    Raises:
        FormatError: A value is not finite.
    """
    if array.dtype.kind == "f":
        strange = array.size - int(np.count_nonzero(np.isfinite(array)))
        if strange:
            msg = f"{path}: found {strange} values that are not finite; wanted numbers in every voxel."
            raise FormatError(msg)
    turns = Reorientation.of(grid)
    native = array.dtype.newbyteorder("=")
    return Volume(np.ascontiguousarray(turns.to_canonical(array), dtype=native), turns.canonical)


def file_grid(shape: tuple[int, int, int], affine: Affine, path: Path) -> Grid:
    """Make the grid of a file's array, in the file's axis order.

    Raises:
        FormatError: The file's geometry is impossible.
    """
    if np.isfinite(affine).all() and np.abs(affine).max() > _MOST_MM:
        msg = f"{path}: found a geometry that cannot be: {np.abs(affine).max():.3g} mm; wanted {_MOST_MM:.0e} at most."
        raise FormatError(msg)
    try:
        grid = Grid(shape, affine)
    except GeometryError as error:
        msg = f"{path}: found a geometry that cannot be. {error}"
        raise FormatError(msg) from error
    if abs(np.linalg.det(grid.direction)) < _LEAST_DETERMINANT:
        msg = f"{path}: found a geometry that cannot be: three axes in one plane, {affine[:3, :3].tolist()}."
        raise FormatError(msg)
    return grid
