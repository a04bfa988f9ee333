"""A sketch as lines, and what of them a slice shows."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.sketch import Points, Sketch

Lines = npt.NDArray[np.float64]
"""(n, 2, 3): starts and ends, (z, y, x) in millimetres."""

_SAME_SLICE_MM = 1e-6


@dataclass(frozen=True, eq=False)
class SketchLines:
    """The straight lines and the marks of one sketch.

    Args:
        name: The sketch's name.
        color: Its colour, "#rrggbb".
        lines: All its paths, line by line.
        points: Its marks, (n, 3).
    """

    name: str
    color: str
    lines: Lines
    points: Points

    @classmethod
    def of(cls, sketch: Sketch) -> "SketchLines":
        """Take a sketch's paths apart."""
        parts = [np.stack([path[:-1], path[1:]], axis=1) for path in sketch.paths if len(path) > 1]
        lines = np.concatenate(parts) if parts else np.empty((0, 2, 3))
        return cls(sketch.name, sketch.color, lines, np.empty((0, 3)) if sketch.points is None else sketch.points)

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
