"""Confidence intervals by resampling cases."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

_NORMAL = NormalDist()
_TAIL = _NORMAL.inv_cdf(0.025)


def mean_interval(values: Sequence[float] | npt.NDArray[np.floating], seed: int = 0, resamples: int = 2000) -> Interval:
    """Return the mean over cases and its 95 % interval by the bias-corrected and accelerated bootstrap.

    Cases that are nan are left out. A single case, or cases that are all equal, give an interval without
    width, which says nothing of other cases; no case at all gives nan. Source: Efron 1987, doi
    10.1080/01621459.1987.10478410.
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if known.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    value = float(known.mean())
    spread = np.ptp(known)
    if spread == 0.0:
        return Interval(value, value, value)
    deviation = (known - value) / spread
    rng = np.random.default_rng(seed)
    means = known[rng.integers(0, known.size, (resamples, known.size))].mean(axis=1)
    below = np.count_nonzero(means < value) + 0.5 * np.count_nonzero(means == value)
    bias = _NORMAL.inv_cdf(min(max(below / resamples, 1 / resamples), 1 - 1 / resamples))
    acceleration = float((deviation**3).sum() / (6.0 * (deviation**2).sum() ** 1.5))
    low, high = np.quantile(means, [_level(bias, acceleration, tail) for tail in (_TAIL, -_TAIL)])
    return Interval(value, min(float(low), value), max(float(high), value))


def _level(bias: float, acceleration: float, tail: float) -> float:
    shifted = bias + tail
    return _NORMAL.cdf(bias + shifted / max(1.0 - acceleration * shifted, 1e-6))
