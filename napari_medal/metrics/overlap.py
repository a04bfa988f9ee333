"""Overlap of masks."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_medal.types import LabelArray


def dice(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> float:
    """Return 2 |A and B| / (|A| + |B|) of two boolean masks; 1 when both are empty (Dice 1945)."""
    size = np.count_nonzero(first) + np.count_nonzero(second)
    return 2.0 * np.count_nonzero(first & second) / size if size else 1.0


def jaccard(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> float:
    """Return |A and B| / |A or B| of two boolean masks; 1 when both are empty (Jaccard 1912)."""
    size = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / size if size else 1.0


def dice_per_label(first: LabelArray, second: LabelArray, values: Sequence[int]) -> tuple[float, ...]:
    """Return the Dice of each label value, in order; nan for a value that neither mask holds."""
    wanted = list(values)
    shared = np.bincount(first[first == second], minlength=256)[wanted]
    sizes = (np.bincount(first.ravel(), minlength=256) + np.bincount(second.ravel(), minlength=256))[wanted]
    overlaps = np.where(sizes > 0, 2.0 * shared / np.maximum(sizes, 1), np.nan)
    return tuple(float(overlap) for overlap in overlaps)
