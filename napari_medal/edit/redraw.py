"""One label drawn anew among the others."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import LabelArray


def redraw(before: LabelArray, label: int, wanted: npt.NDArray[np.bool_]) -> LabelArray:
    """Return a mask with one label where it is wanted: it gives way to background, and takes nothing but background.

    Args:
        before: Label values, any axes.
        label: The value that is drawn anew.
        wanted: Where it shall be, in the same shape.
    """
    after = before.copy()
    after[(before == label) & ~wanted] = 0
    after[(before == 0) & wanted] = label
    return after
