"""Draw what a lasso encircles."""

import numpy as np
import numpy.typing as npt

from napari_medal.core.stroke import Stroke
from napari_medal.edit.nothing import nothing
from napari_medal.types import LabelArray

_MIN_POINTS = 3


def encircle(
    mask: LabelArray, points: npt.NDArray[np.float64], axis: int, number: int, value: int, title: str = "Lasso"
) -> Stroke:
    """Return the stroke that gives a value to all voxels of one slice whose centres a closed line encircles.

    Args:
        mask: (Z, Y, X) label values; not changed.
        points: (N, 2) corners of the line, in voxels, along the two other axes in their order.
        axis: The array axis that the slice is cut across.
        number: Of the slice.
        value: The label, or 0 to erase.
        title: What did it.
    """
    from skimage.draw import polygon

    plane = np.moveaxis(mask, axis, 0)[number]
    if len(points) < _MIN_POINTS:
        return nothing(title)
    rows, columns = polygon(points[:, 0], points[:, 1], plane.shape)  # type: ignore[no-untyped-call]
    index = [rows, columns]
    index.insert(axis, np.full_like(rows, number))
    voxels = np.sort(np.ravel_multi_index(tuple(index), mask.shape))
    before = np.take(mask, voxels)
    changed = before != value
    after = np.full(np.count_nonzero(changed), value, dtype=np.uint8)
    return Stroke(voxels[changed].astype(np.int64), before[changed], after, title)
