"""Entropy of probability vectors."""

import numpy as np

from napari_medal.types import FloatArray


def shannon(probabilities: FloatArray) -> FloatArray:
    """Return the entropy along axis 0, -sum p log p / log C, in [0, 1].

    Args:
        probabilities: (C, ...), summing to one along axis 0.

    Returns:
        An array of the remaining shape; zeros when C is 1.
    """
    from scipy.special import entr

    total = np.zeros(probabilities.shape[1:], dtype=np.float32)
    if len(probabilities) == 1:
        return total
    for probability in probabilities:
        total += entr(probability)
    return np.asarray(np.clip(total / np.log(len(probabilities)), 0.0, 1.0), dtype=np.float32)
