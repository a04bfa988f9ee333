"""What a reader changed."""

import numpy as np

from napari_medal.types import LabelArray


def changed_voxels(before: LabelArray, after: LabelArray) -> int:
    """Count the voxels whose label differs; both (Z, Y, X) on the same grid."""
    return int(np.count_nonzero(before != after))
