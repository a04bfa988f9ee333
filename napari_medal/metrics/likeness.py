"""Whether two images show the same."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import ImageArray

_COARSE = 16
"""Blocks along each axis, at most."""


def likeness(first: ImageArray, second: ImageArray) -> float:
    """Return Pearson's correlation of two images (Z, Y, X), coarsely; a changed scale of intensities changes nothing.

    Each is averaged in at most 16 blocks along each axis, or 64 of a flat image; sizes may differ a little. It is 0
    where one of them shows nothing, or where the blocks do not match.
    """
    ours, theirs = _coarse(first), _coarse(second)
    if ours.shape != theirs.shape or min(ours.std(), theirs.std()) < 1e-12:
        return 0.0
    return float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1])


def _coarse(image: ImageArray) -> npt.NDArray[np.float64]:
    most = 4 * _COARSE if min(image.shape) == 1 else _COARSE
    found: npt.NDArray[np.float64] = image
    for axis, size in enumerate(image.shape):
        blocks = min(size, most)
        edges = np.linspace(0, size, blocks, endpoint=False).astype(np.intp)
        counts = np.diff([*edges, size]).reshape([-1 if other == axis else 1 for other in range(found.ndim)])
        found = np.add.reduceat(found, edges, axis=axis, dtype=np.float64) / counts
    scale = float(np.abs(found).max())
    return found / scale if scale else found
