"""Growing a region voxel by voxel."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt


def dilate(region: npt.NDArray[np.bool_], voxels: int) -> npt.NDArray[np.bool_]:
    """Return the voxels within `voxels` steps to a face neighbour of the region.

    Binary dilation by the face-connected cross, done by shifts: several times faster than a general
    footprint.
    """
    grown = region.copy()
    for _ in range(voxels):
        before = grown.copy()
        for here, there in _neighbours(region.ndim):
            grown[here] |= before[there]
    return grown


def _neighbours(axes: int) -> Iterator[tuple[tuple[slice, ...], tuple[slice, ...]]]:
    whole = [slice(None)] * axes
    for axis in range(axes):
        first, last = whole.copy(), whole.copy()
        first[axis], last[axis] = slice(None, -1), slice(1, None)
        yield tuple(first), tuple(last)
        yield tuple(last), tuple(first)
