"""A mask as DICOM stacks it."""

from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.grid import Grid
from napari_medal.core.reorientation import Reorientation
from napari_medal.core.series_source import SeriesSource, SliceSource
from napari_medal.errors import ExportError
from napari_medal.types import Affine, LabelArray

_SAME_VOXEL = 0.05
"""Share of a voxel by which a slice may lie beside its place on the grid and still be the same slice."""
_SQUARE = 1e-3
"""Largest cosine between two axes that stand at a right angle."""


@dataclass(frozen=True, eq=False)
class Frames:
    """Slices of rows and columns, each with its place in the patient.

    Args:
        array: (slices, rows, columns) label values.
        positions_mm: (slices, 3) LPS positions of the centres of their first pixels.
        orientation: LPS direction along a row, then along a column.
        spacing_mm: From slice to slice, between rows, and between columns.
        slices: The slices of the series that they lie on; empty where the grid is not the series' own.
    """

    array: LabelArray
    positions_mm: npt.NDArray[np.float64]
    orientation: tuple[float, float, float, float, float, float]
    spacing_mm: tuple[float, float, float]
    slices: tuple[SliceSource, ...]

    @classmethod
    def of(cls, mask: LabelArray, grid: Grid, series: SeriesSource) -> "Frames":
        """Turn a canonical mask, without touching a voxel, so that it stacks as its series does.

        A mask whose grid is not the series' own, because the image was resampled on its way in, keeps its grid and
        lies at the same places of the same frame of reference.

        Raises:
            ExportError: The series has no frame of reference, and the mask does not fit it; or the grid is sheared.
        """
        turns = _turns(grid, series)
        turned = turns.canonical
        array = np.ascontiguousarray(turns.to_canonical(mask))
        own = [turned.to_world(np.array([k, 0.0, 0.0])) for k in range(turned.shape[0])]
        if _lies_on(turned, series):
            positions = np.array([slice_.position_mm for slice_ in series.slices])
            rows_mm, columns_mm = series.pixel_spacing_mm
            spacing = (turned.spacing_mm[0], rows_mm, columns_mm)
            return cls(array, positions, series.orientation, spacing, series.slices)
        _require_place(turned, series)
        a, b, c, d, e, f = (float(value) for value in (*turned.direction[:, 2], *turned.direction[:, 1]))
        return cls(array, np.array(own), (a, b, c, d, e, f), turned.spacing_mm, ())

    def world_mm(self, frame: int, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the LPS positions (N, 3) of points (N, 2) of a frame, row and column; centres of pixels are whole."""
        _, rows_mm, columns_mm = self.spacing_mm
        down, right = np.array(self.orientation[3:]) * rows_mm, np.array(self.orientation[:3]) * columns_mm
        return np.asarray(self.positions_mm[frame] + points[:, :1] * down + points[:, 1:] * right, dtype=np.float64)


def _turns(grid: Grid, series: SeriesSource) -> Reorientation:
    """Find which axis of the grid runs along the series' slices, which along its columns and which along its rows."""
    cosines = _series_axes(series) @ grid.direction
    best = max(permutations(range(3)), key=lambda axes: sum(abs(cosines[k, axis]) for k, axis in enumerate(axes)))
    flips = [bool(cosines[k, axis] < 0) for k, axis in enumerate(best)]
    return Reorientation(grid, (best[0], best[1], best[2]), (flips[0], flips[1], flips[2]))


def _series_axes(series: SeriesSource) -> Affine:
    """Return unit vectors from slice to slice, down a column, and along a row: (3, 3), one a line."""
    along_row, along_column = np.array(series.orientation[:3]), np.array(series.orientation[3:])
    stacked = np.subtract(series.slices[-1].position_mm, series.slices[0].position_mm)
    length = float(np.linalg.norm(stacked))
    across = stacked / length if length else np.cross(along_row, along_column)
    return np.array([across, along_column, along_row])


def _lies_on(turned: Grid, series: SeriesSource) -> bool:
    """Tell whether every slice of the grid is the slice of the series, corner by corner."""
    if turned.shape != (len(series.slices), series.rows, series.columns):
        return False
    rows_mm, columns_mm = series.pixel_spacing_mm
    down = np.array(series.orientation[3:]) * rows_mm * (series.rows - 1)
    right = np.array(series.orientation[:3]) * columns_mm * (series.columns - 1)
    first = np.array([slice_.position_mm for slice_ in series.slices])
    theirs = np.stack([first, first + down, first + right, first + down + right], axis=1)
    rows, columns = series.rows - 1, series.columns - 1
    corners = np.array([(0, 0), (rows, 0), (0, columns), (rows, columns)], dtype=np.float64)
    index: npt.NDArray[Any] = np.empty((len(first), 4, 3))
    index[..., 0] = np.arange(len(first))[:, None]
    index[..., 1:] = corners
    beside = np.linalg.norm(turned.to_world(index) - theirs, axis=2)
    return bool(beside.max() <= _SAME_VOXEL * min(turned.spacing_mm if len(first) > 1 else (rows_mm, columns_mm)))


def _require_place(turned: Grid, series: SeriesSource) -> None:
    if not series.frame_of_reference_uid:
        msg = "its series has no frame of reference, and its image does not have the pixels of the series any more"
        raise ExportError(msg)
    cosines = turned.direction.T @ turned.direction - np.eye(3)
    if np.abs(cosines).max() > _SQUARE:
        msg = "its image is sheared, and DICOM stacks slices at right angles"
        raise ExportError(msg)
