"""Small random ensembles."""

import numpy as np

from napari_medal.types import Samples


def ensemble(members: int, classes: int, space: tuple[int, ...], seed: int = 0) -> Samples:
    """Return the probabilities of members that differ from one another: (members, classes, *space)."""
    logits = np.random.default_rng(seed).normal(0.0, 2.0, (members, classes, *space))
    odds = np.exp(logits)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)
