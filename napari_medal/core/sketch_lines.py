"""A sketch as lines, and what of them a slice shows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.paler import paler
from napari_medal.core.sketch import Points, Sketch

Lines = npt.NDArray[np.float64]
"""(n, 2, 3): starts and ends, (z, y, x) in millimetres."""

_SAME_SLICE_MM = 1e-6
_DASH, _GAP = 0.05, 0.035
"""Of the longest side of the box around a drawing: as many dashes on a small one as on a large one."""


@dataclass(frozen=True, eq=False)
class SketchLines:
    """The straight lines and the marks of one sketch.

    Args:
        name: The sketch's name.
        color: Its colour, "#rrggbb".
        lines: All its paths, line by line.
        points: Its marks, (n, 3).
        is_prediction: Whether it is drawn of what a model says.
    """

    name: str
    color: str
    lines: Lines
    points: Points
    is_prediction: bool = False

    @classmethod
    def of(cls, sketch: Sketch, is_prediction: bool = False) -> "SketchLines":
        """Take a sketch's paths apart; those of a prediction become dashes in a paler colour."""
        paths = [path for path in sketch.paths if len(path) > 1]
        if is_prediction and paths:
            side_mm = float(np.ptp(np.concatenate(paths), axis=0).max())
            parts = [_dashes(path, _DASH * side_mm, _GAP * side_mm) for path in paths]
        else:
            parts = [np.stack([path[:-1], path[1:]], axis=1) for path in paths]
        lines = np.concatenate(parts) if parts else np.empty((0, 2, 3))
        color = paler(sketch.color) if is_prediction else sketch.color
        points = np.empty((0, 3)) if sketch.points is None else sketch.points
        return cls(sketch.name, color, lines, points, is_prediction)

    def lines_in(self, axis: int, position_mm: float, slice_mm: float) -> Lines:
        """Return the parts of lines inside the slice of this thickness around a position along an axis.

        A line across the slice leaves a dot: start and end are then the same but for their place along the axis.
        """
        low, high = position_mm - slice_mm / 2 - _SAME_SLICE_MM, position_mm + slice_mm / 2 + _SAME_SLICE_MM
        along = self.lines[:, :, axis]
        found = self.lines[(along.min(axis=1) <= high) & (along.max(axis=1) >= low)]
        starts, ways = found[:, :1], np.diff(found, axis=1)
        length = ways[:, :, axis]
        # A line within the slice has no place where it enters, and is kept whole.
        slope = np.where(length == 0.0, 1.0, length)
        places = np.concatenate([(low - starts[:, :, axis]) / slope, (high - starts[:, :, axis]) / slope], axis=1)
        places = np.where(length == 0.0, (0.0, 1.0), np.clip(np.sort(places, axis=1), 0.0, 1.0))
        inside: Lines = starts + places[:, :, None] * ways
        return inside

    def points_in(self, axis: int, position_mm: float, slice_mm: float) -> Points:
        """Return the marks inside such a slice."""
        return self.points[np.abs(self.points[:, axis] - position_mm) <= slice_mm / 2 + _SAME_SLICE_MM]


def _dashes(path: Points, dash_mm: float, gap_mm: float) -> Lines:
    """Cut a polyline into dashes, which bend where it does."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    begins = np.arange(0.0, way[-1], dash_mm + gap_mm) if dash_mm > 0 else np.empty(0)
    cuts = np.unique(np.concatenate([way, begins, np.minimum(begins + dash_mm, way[-1])]))
    places = np.stack([np.interp(cuts, way, path[:, axis]) for axis in range(3)], axis=1)
    is_dash = (cuts[:-1] + cuts[1:]) / 2 % (dash_mm + gap_mm) < dash_mm
    dashes: Lines = np.stack([places[:-1], places[1:]], axis=1)[is_dash]
    return dashes
