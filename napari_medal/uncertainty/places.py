"""Where in a case a reader should look first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.shares import Bytes
from napari_medal.types import FloatArray

SHARE_OF_HIGHEST = 0.5
"""A slice is worth looking at from this part of the case's highest uncertainty on."""

GAP = 2
"""Two places lie at least this many slices apart: neighbours show much the same."""

MOST = 12
"""More places than this are no help."""


@dataclass(frozen=True)
class Place:
    """A place worth looking at.

    Args:
        slice_index: Axial slice, from 0.
        index: (z, y, x) of its most uncertain voxel; None without a map.
        uncertainty: Of the slice, in [0, 1].
    """

    slice_index: int
    index: tuple[int, int, int] | None
    uncertainty: float


def worth_looking(per_slice: Sequence[float], uncertainty: FloatArray | Bytes | None = None) -> tuple[Place, ...]:
    """Return the most uncertain slices of a case that are no neighbours, the most uncertain first.

    Greedy: take the most uncertain slice, leave out those around it, and go on while slices are uncertain enough.

    Args:
        per_slice: (Z,) uncertainty of each axial slice; empty where no model has seen the case.
        uncertainty: (Z, Y, X) map, if there is one; in any unit.
    """
    values = np.asarray(per_slice, dtype=np.float64)
    places: list[Place] = []
    if values.size == 0 or values.max() <= 0:
        return ()
    is_free = values >= SHARE_OF_HIGHEST * values.max()
    while is_free.any() and len(places) < MOST:
        found = int(np.argmax(np.where(is_free, values, -1.0)))
        is_free[max(0, found - GAP + 1) : found + GAP] = False
        places.append(Place(found, _peak(uncertainty, found), float(values[found])))
    return tuple(places)


def _peak(uncertainty: FloatArray | Bytes | None, slice_index: int) -> tuple[int, int, int] | None:
    if uncertainty is None:
        return None
    y, x = np.unravel_index(int(np.argmax(uncertainty[slice_index])), uncertainty.shape[1:])
    return slice_index, int(y), int(x)
