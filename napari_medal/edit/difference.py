"""What differs between two masks."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from napari_medal.types import LabelArray


class Difference(IntEnum):
    """What became of a voxel."""

    SAME = 0
    ADDED = 1
    """It was background."""
    REMOVED = 2
    """It is background now."""
    RELABELLED = 3
    """It has another label."""


@dataclass(frozen=True)
class LabelDifference:
    """How many voxels a label gained and lost."""

    value: int
    gained: int
    lost: int


def differences(before: LabelArray, after: LabelArray) -> LabelArray:
    """Return `Difference` values for two masks of one shape, whichever it is."""
    old, new = np.asarray(before), np.asarray(after)
    codes = np.full(old.shape, int(Difference.RELABELLED), dtype=np.uint8)
    codes[old == 0] = Difference.ADDED
    codes[new == 0] = Difference.REMOVED
    codes[old == new] = Difference.SAME
    return codes


def count_differences(before: LabelArray, after: LabelArray) -> list[LabelDifference]:
    """Return the labels that gained or lost voxels, the background not counted, by value."""
    places = np.flatnonzero(before.reshape(-1) != after.reshape(-1))
    lost = np.bincount(before.reshape(-1)[places], minlength=256)
    gained = np.bincount(after.reshape(-1)[places], minlength=256)
    found = np.flatnonzero(gained + lost)
    return [LabelDifference(int(value), int(gained[value]), int(lost[value])) for value in found if value != 0]
