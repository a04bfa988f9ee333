"""Ensembles of balls with known overlap."""

import numpy as np

from napari_medal.types import Samples


def ball(radius: float, centre_x: float = 16.0, side: int = 33, softness: float = 0.5) -> np.ndarray:
    """Probability of a ball with a soft boundary, (Z, Y, X)."""
    z, y, x = np.ogrid[:side, :side, :side]
    middle = (side - 1) / 2
    distance = np.sqrt((z - middle) ** 2 + (y - middle) ** 2 + (x - centre_x) ** 2)
    return 1.0 / (1.0 + np.exp((distance - radius) / softness))


def stack(*foregrounds: np.ndarray) -> Samples:
    """Two-class samples (S, 2, ...) from foreground probabilities."""
    return np.stack([np.stack([1.0 - p, p]) for p in foregrounds]).astype(np.float32)
