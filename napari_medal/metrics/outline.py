"""The outline of a structure in one slice."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_AROUND = ((0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1))
"""The eight neighbours (y, x), clockwise from the left."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Where the edge of a structure runs.

    Args:
        centroid: (y, x) mean of its pixels, in pixels.
        offsets: (N, 2) from the centroid to the middle of each pixel of the edge, (y, x) in pixels, in order.
    """

    centroid: tuple[float, float]
    offsets: npt.NDArray[np.float64]

    def radii(self, spacing_mm: tuple[float, float]) -> npt.NDArray[np.float64]:
        """Return the distance of each pixel of the edge from the centroid in millimetres, (N,)."""
        return np.asarray(np.hypot(*(self.offsets * spacing_mm).T), dtype=np.float64)


def outline(slice_mask: npt.NDArray[np.bool_]) -> Outline:
    """Trace the outer edge of the largest piece in a slice (Y, X) that holds one pixel at least.

    Pieces hang together by edges or corners, and holes are filled: both would put a second edge on the same ray. Pixels
    of the edge are those with a side on what is outside; they are met clockwise by Moore's neighbour tracing with
    Jacob's stopping rule (Gonzalez and Woods, Digital Image Processing, section 11.1), where a part is one pixel thin
    on both ways.
    """
    filled = _largest_filled(slice_mask)
    pixels = np.argwhere(filled)
    edge = _traced(np.pad(filled, 1)) - 1
    offsets = (edge * len(pixels) - pixels.sum(axis=0)) / len(pixels)
    y, x = (float(value) for value in pixels.mean(axis=0))
    return Outline((y, x), offsets)


def _largest_filled(slice_mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    from scipy.ndimage import binary_fill_holes, label

    pieces, count = label(slice_mask, np.ones((3, 3)))
    largest = np.bincount(pieces.ravel(), minlength=count + 1)[1:].argmax() + 1
    return np.asarray(binary_fill_holes(pieces == largest), dtype=np.bool_)


def _traced(padded: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return the pixels of the edge, (N, 2), of a piece that no border cuts."""
    inside = padded.tolist()
    start = (int(padded.any(axis=1).argmax()), int(padded[padded.any(axis=1).argmax()].argmax()))
    at, entered = start, 0
    steps: list[tuple[int, int]] = []
    first: tuple[tuple[int, int], int] | None = None
    while True:
        for turn in range(8):
            way = (entered + turn) % 8
            y, x = at[0] + _AROUND[way][0], at[1] + _AROUND[way][1]
            if inside[y][x]:
                break
        else:
            return np.array([start])
        if (at, way) == first:
            return np.array(steps)
        first = first or (at, way)
        steps.append(at)
        at, entered = (y, x), (way + 6) % 8
