"""Which slices stand for a structure."""

import math
from collections.abc import Callable
from enum import StrEnum

import numpy as np
import numpy.typing as npt


class SliceChoice(StrEnum):
    """How figures that are read off single slices become one."""

    LARGEST = "largest"
    """The slice of the largest area alone, the first of several: it can be shown, and small ends do not count."""
    BY_AREA = "by area"
    """The mean over slices, weighted by area."""
    ALL = "all"
    """The plain mean over slices."""

    def slices(self, mask: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        """Return those of a mask (Z, Y, X) that count; none where it is empty."""
        areas = mask.sum(axis=(1, 2))
        found = [int(areas.argmax())] if self is SliceChoice.LARGEST else range(len(areas))
        return tuple(z for z in found if areas[z] > 0)

    def over(self, mask: npt.NDArray[np.bool_], read: Callable[[npt.NDArray[np.bool_]], float]) -> float:
        """Return the figure of a mask (Z, Y, X), of what `read` says of its slices (Y, X) that hold a pixel at least.

        Slices that are nan do not count; nan where none is left.
        """
        found = [(1.0 if self is SliceChoice.ALL else float(mask[z].sum()), read(mask[z])) for z in self.slices(mask)]
        known = [(weight, value) for weight, value in found if not math.isnan(value)]
        total = sum(weight for weight, _ in known)
        return sum(weight * value for weight, value in known) / total if known else math.nan
