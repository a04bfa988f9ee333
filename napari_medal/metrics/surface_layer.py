"""The voxels that touch another label."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import LabelArray


def surface_layer(mask: LabelArray) -> npt.NDArray[np.bool_]:
    """Return the voxels (Z, Y, X) with a face neighbour of another value, on both sides of every surface.

    A boundary that is off by less than a voxel is wrong in these alone.
    """
    layer = np.zeros(mask.shape, dtype=np.bool_)
    for axis in range(mask.ndim):
        before = [slice(None)] * mask.ndim
        after = before.copy()
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        differs = mask[tuple(before)] != mask[tuple(after)]
        layer[tuple(before)] |= differs
        layer[tuple(after)] |= differs
    return layer
