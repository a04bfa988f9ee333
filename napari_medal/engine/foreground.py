"""Where a mask has labels, small enough to be held for every case."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from napari_medal.engine.mask_loss import IGNORED
from napari_medal.types import LabelArray

Positions = npt.NDArray[np.int64]

_MOST = 10_000
"""Voxels of a class that are kept of a case, as in nnU-Net (Isensee et al. 2021, Nat Methods 18:203)."""
_VALUES = 256


@dataclass(frozen=True, eq=False)
class Foreground:
    """Places to cut patches at.

    Args:
        voxels: Flat positions of each class that occurs, ascending: all of them, or a sample of 10,000.
        known: Slices where something is known; None where all is.
    """

    voxels: tuple[Positions, ...] = ()
    known: Positions | None = None

    @classmethod
    def of(cls, mask: LabelArray) -> Self:
        """Look through a mask (Z, Y, X) of class indices, slice by slice; the same mask gives the same sample."""
        counts = np.stack([np.bincount(part.ravel(), minlength=_VALUES) for part in mask])
        unknown = counts[:, IGNORED]
        known = np.flatnonzero(unknown < mask[0].size) if unknown.any() else None
        random = np.random.default_rng(0)
        values = [value for value in np.flatnonzero(counts.any(axis=0)).tolist() if value not in (0, IGNORED)]
        return cls(tuple(_sample(mask, value, counts[:, value], random) for value in values), known)


def _sample(mask: LabelArray, value: int, counts: Positions, random: np.random.Generator) -> Positions:
    """Return flat positions of one class, given how often it occurs in each slice."""
    total = int(counts.sum())
    ranks = np.arange(total) if total <= _MOST else np.sort(random.choice(total, _MOST, replace=False))
    ends = np.cumsum(counts)
    found = []
    for number in np.unique(np.searchsorted(ends, ranks, side="right")).tolist():
        first = ends[number] - counts[number]
        own = ranks[np.searchsorted(ranks, first) : np.searchsorted(ranks, ends[number])] - first
        found.append(np.flatnonzero(mask[number] == value)[own] + number * mask[0].size)
    return np.concatenate(found)
