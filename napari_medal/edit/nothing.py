"""The stroke that changes nothing."""

import numpy as np

from napari_medal.core.stroke import Stroke


def nothing(title: str) -> Stroke:
    """Return a stroke without voxels."""
    return Stroke(np.empty(0, np.int64), np.empty(0, np.uint8), np.empty(0, np.uint8), title)
