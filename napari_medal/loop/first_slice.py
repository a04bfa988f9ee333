"""Which slice of a case comes up first."""

import numpy as np

from napari_medal.core.score import CaseScore
from napari_medal.types import LabelArray

_SPECK = 0.2
"""A slice with less than this part of the largest slice's label is not where a reader begins."""


def first_slice(score: CaseScore | None, mask: LabelArray | None, depth: int) -> int:
    """Return the most uncertain slice; without one the middle of the label, or of the volume.

    Where there is a label, slices that hold but a speck of it do not count: a mean over few voxels is a wild one.
    """
    area = None if mask is None else np.count_nonzero(mask, axis=(1, 2))
    if score is not None and score.per_slice:
        uncertain = np.array(score.per_slice)
        if area is not None and area.any():
            uncertain[area < _SPECK * area.max()] = -1.0
        return int(np.argmax(uncertain))
    if area is not None and area.any():
        found = np.flatnonzero(area)
        return int(found[found.size // 2])
    return depth // 2
