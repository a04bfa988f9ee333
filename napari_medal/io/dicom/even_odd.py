"""Filled polygons."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def fill_even_odd(polygons: Sequence[npt.NDArray[np.float64]], shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return the (row, column) pixels whose centres lie within an odd number of closed polygons.

    A polygon within another is a hole, and so is what a keyhole leads around. A centre on an edge is inside where the
    polygon goes on towards higher rows or columns, so that regions that share an edge share no pixel.

    Args:
        polygons: (n, 2) corners as rows and columns, whole numbers at the centres of pixels.
        shape: Of the picture; what lies outside is cut off.
    """
    toggles = np.zeros((shape[0], shape[1] + 1), dtype=np.uint8)
    for corners in polygons:
        ends = np.roll(corners, -1, axis=0)
        rising = (corners[:, 0] <= ends[:, 0])[:, None]
        low, high = np.where(rising, corners, ends), np.where(rising, ends, corners)
        first = np.clip(np.ceil(low[:, 0]), 0, shape[0]).astype(np.int64)
        last = np.clip(np.ceil(high[:, 0]), 0, shape[0]).astype(np.int64)
        counts = last - first
        edges = np.repeat(np.arange(len(corners)), counts)
        rows = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + first[edges]
        slopes = (high[edges, 1] - low[edges, 1]) / (high[edges, 0] - low[edges, 0])
        columns = np.ceil(low[edges, 1] + (rows - low[edges, 0]) * slopes)
        np.bitwise_xor.at(toggles, (rows, np.clip(columns, 0, shape[1]).astype(np.int64)), 1)
    return np.asarray(np.bitwise_xor.accumulate(toggles, axis=1)[:, :-1], dtype=np.bool_)
