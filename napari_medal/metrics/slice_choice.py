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

    def over(self, mask: npt.NDArray[np.bool_], read: Callable[[npt.NDArray[np.bool_]], float]) -> float:
        """Return the figure of a mask (Z, Y, X), of what `read` says of its slices (Y, X) that hold a pixel at least.

        Slices that are nan do not count; nan where none is left.
        """
        areas = mask.sum(axis=(1, 2))
        slices = [int(areas.argmax())] if self is SliceChoice.LARGEST else range(len(areas))
        found = [(1.0 if self is SliceChoice.ALL else float(areas[z]), read(mask[z])) for z in slices if areas[z] > 0]
        known = [(weight, value) for weight, value in found if not math.isnan(value)]
        total = sum(weight for weight, _ in known)
        return sum(weight * value for weight, value in known) / total if known else math.nan
