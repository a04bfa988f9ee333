"""A mask small enough to be turned about."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import LabelArray


@dataclass(frozen=True, eq=False)
class ThinnedMask:
    """The labelled part of a mask, every so many voxels.

    Args:
        array: (Z, Y, X) label values, with one empty voxel around them.
        corner: (z, y, x) index in the mask of the first voxel of `array`; it may lie outside.
        step: How many voxels of the mask one voxel stands for, along each axis.
    """

    array: LabelArray
    corner: tuple[int, int, int]
    step: tuple[int, int, int]


def thinned(mask: LabelArray, most: int = 128) -> ThinnedMask | None:
    """Crop a (Z, Y, X) mask to its labels and keep at most about `most` voxels a side; None for an empty mask.

    Voxels are picked, not averaged: labels stay labels. Safe outside the main thread.
    """
    found = _bounds(mask)
    if found is None:
        return None
    low, high = found
    step = tuple(max(1, -(-(stop - start) // most)) for start, stop in zip(low, high, strict=True))
    inside = mask[tuple(slice(a, b, s) for a, b, s in zip(low, high, step, strict=True))]
    corner = tuple(start - s for start, s in zip(low, step, strict=True))
    # An iso-surface has an end only where it meets what is empty.
    return ThinnedMask(np.pad(inside, 1), (corner[0], corner[1], corner[2]), (step[0], step[1], step[2]))


def _bounds(mask: LabelArray) -> tuple[list[int], list[int]] | None:
    """Return the first index and the index after the last of what is labelled, for each axis."""
    planes = np.flatnonzero([plane.any() for plane in mask])
    if planes.size == 0:
        return None
    flat = np.zeros(mask.shape[1:], dtype=np.bool_)
    for plane in mask[planes[0] : planes[-1] + 1]:
        flat |= plane > 0
    rows, columns = np.flatnonzero(flat.any(axis=1)), np.flatnonzero(flat.any(axis=0))
    low = [int(axis[0]) for axis in (planes, rows, columns)]
    high = [int(axis[-1]) + 1 for axis in (planes, rows, columns)]
    return low, high
