"""A measured distance."""

from dataclasses import dataclass
from math import dist

_SAME_SLICE_MM = 1e-3


@dataclass(frozen=True)
class Ruler:
    """A straight line in a volume.

    Args:
        start: (z, y, x) in millimetres along the axes of the canonical array.
        end: Likewise. The axes are at right angles, so that lengths are those in the patient.
        slice_mm: Distance between two slices, for each axis.
    """

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    slice_mm: tuple[float, float, float]

    @property
    def length_mm(self) -> float:
        """The distance from end to end."""
        return dist(self.start, self.end)

    def lies_in(self, axis: int, position_mm: float) -> bool:
        """Tell whether both ends lie in the slice at a position along an axis."""
        half = self.slice_mm[axis] / 2 + _SAME_SLICE_MM
        return all(abs(point[axis] - position_mm) <= half for point in (self.start, self.end))
