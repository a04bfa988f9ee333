"""Which slice of which case a patch is cut around."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_medal.core.particulars import SliceDraw
from napari_medal.engine.foreground import Foreground
from napari_medal.types import FloatArray

_BRIGHT = 0.01
"""A slice shows something where at least this share of its voxels is brighter than the case is on average."""


class SliceLottery:
    """Draws slices over all cases.

    Args:
        images: (C, Z, Y, X) of each case, on the network's grid.
        foregrounds: Where each has labels, and what of it is known.
        draw: How often labelled slices are drawn.
        shares: How often a slice of each case is drawn relative to the others; None draws all alike.
    """

    def __init__(
        self,
        images: Sequence[FloatArray],
        foregrounds: Sequence[Foreground],
        draw: SliceDraw,
        shares: npt.NDArray[np.float64] | None,
    ) -> None:
        weights = []
        for case, (image, foreground) in enumerate(zip(images, foregrounds, strict=True)):
            own = _weights(image, foreground, draw)
            weights.append(own if shares is None else own * shares[case])
        self._firsts = np.cumsum([0, *(len(own) for own in weights)])
        flat = np.concatenate(weights)
        self._chances = flat / flat.sum() if flat.any() else np.full(len(flat), 1.0 / len(flat))

    def draw(self, count: int, random: np.random.Generator) -> list[tuple[int, int]]:
        """Return (case, slice) so many times."""
        places = random.choice(len(self._chances), count, p=self._chances)
        cases = np.searchsorted(self._firsts, places, side="right") - 1
        return [(int(case), int(place - self._firsts[case])) for case, place in zip(cases, places, strict=True)]


def _weights(image: FloatArray, foreground: Foreground, draw: SliceDraw) -> npt.NDArray[np.float64]:
    """Return how often each slice of a case is drawn relative to others: 0 where nothing is seen, or known."""
    mean = float(np.mean(image, dtype=np.float64))
    shown = np.array([np.mean(image[:, place] > mean) >= _BRIGHT for place in range(image.shape[1])])
    weights = shown.astype(np.float64)
    area = image.shape[2] * image.shape[3]
    for voxels in foreground.voxels:
        weights[np.unique(voxels // area)] = draw.labelled
    if foreground.known is not None:
        known = np.zeros(len(weights), dtype=np.bool_)
        known[foreground.known] = True
        weights[~known] = 0.0
    return weights
