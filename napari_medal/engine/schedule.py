"""How the learning rate runs through a cycle of a training."""

import math
from collections.abc import Callable

from napari_medal.core.learning import ScheduleName

_WARM_UP = 0.1
_FLAT = 0.75
"""Share of a cycle that flat-cosine stays at its peak, as in fastai (Kaliyugarasan 2023, doctoral thesis)."""
_LOWEST = 0.01


def schedule(name: ScheduleName) -> Callable[[float], float]:
    """Return what gives the share of the peak learning rate at a position in [0, 1) of a cycle.

    One-cycle warms up, then follows a cosine (Smith and Topin 2017, arXiv 1708.07120); flat-cosine stays at the peak
    for three quarters, then follows a cosine.
    """
    return {ScheduleName.ONE_CYCLE: _one_cycle, ScheduleName.FLAT_COSINE: _flat_cosine}[name]


def _one_cycle(position: float) -> float:
    if position < _WARM_UP:
        return 0.05 + 0.95 * position / _WARM_UP
    return _cosine((position - _WARM_UP) / (1.0 - _WARM_UP))


def _flat_cosine(position: float) -> float:
    return 1.0 if position < _FLAT else _cosine((position - _FLAT) / (1.0 - _FLAT))


def _cosine(position: float) -> float:
    return _LOWEST + (1.0 - _LOWEST) * 0.5 * (1.0 + math.cos(math.pi * position))
