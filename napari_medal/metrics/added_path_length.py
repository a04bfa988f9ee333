"""How much boundary a reader had to draw."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import LabelArray


def added_path_length(
    prediction: LabelArray, final: LabelArray, spacing_mm: tuple[float, float, float]
) -> npt.NDArray[np.float64]:
    """Return the length, in mm on each axial slice, of the final boundary that the prediction did not have.

    The added path length of Vaassen et al. 2020 (Physics and Imaging in Radiation Oncology 13:1-6) tracks
    correction time better than overlap does. They count boundary pixels; here the edges between pixels
    count, each with its length, so that a rectangle gets its circumference and unequal spacings are exact.
    An edge is there already when the prediction has the same labels on both of its sides.

    Args:
        prediction: (Z, Y, X) mask that the reader started from.
        final: (Z, Y, X) mask that the reader accepted.
        spacing_mm: (z, y, x); the first is not used.

    Returns:
        (Z,) lengths.
    """
    _, height, width = spacing_mm
    across_rows = _new_edges(prediction, final, axis=1)
    across_columns = _new_edges(prediction, final, axis=2)
    return np.asarray(across_rows * width + across_columns * height, dtype=np.float64)


def _new_edges(prediction: LabelArray, final: LabelArray, axis: int) -> npt.NDArray[np.intp]:
    """Count on each slice the new edges between neighbours along an axis; outside is background."""
    margin = [(0, 0)] * 3
    margin[axis] = (1, 1)
    old, new = np.pad(prediction, margin), np.pad(final, margin)
    before, after = [slice(None)] * 3, [slice(None)] * 3
    before[axis], after[axis] = slice(None, -1), slice(1, None)
    first, second = tuple(before), tuple(after)
    edge = new[first] != new[second]
    known = (old[first] == new[first]) & (old[second] == new[second])
    return np.asarray(np.count_nonzero(edge & ~known, axis=(1, 2)), dtype=np.intp)
