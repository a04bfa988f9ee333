"""How likely a label is at each place."""

import numpy as np

from napari_medal.core.shares import Bytes, Shares


def heat_map(probabilities: Shares, position: int | None) -> Bytes:
    """Return the probability of one label in percent, (Z, Y, X), from (C, Z, Y, X) with the background first.

    Args:
        probabilities: Of every class.
        position: Of the label in its scheme, from 0; None for any label, which is all but the background.
    """
    shares = 255 - probabilities.bytes[0] if position is None else probabilities.bytes[1 + position]
    percent: Bytes = np.rint(np.arange(256) * (100 / 255)).astype(np.uint8)[shares]
    return percent
