"""Agreement on classes beyond chance."""

import math

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval
from napari_medal.metrics.confusion import confusion

_TWO_SIDED_95 = 1.959963984540054


def kappa(first: npt.NDArray[np.integer], second: npt.NDArray[np.integer], classes: int) -> Interval:
    """Return Cohen's kappa, (observed - expected) / (1 - expected) agreement, and its 95 % interval.

    Source: Cohen 1960 (Educ Psychol Meas 20:37-46); large-sample standard error of Fleiss, Cohen and Everitt 1969
    (Psychol Bull 72:323-327), limits cut at -1 and 1. nan without cases, and where both only ever say one class.

    Args:
        first: (N,) class indices.
        second: (N,) class indices.
        classes: Number of classes.
    """
    n = len(first)
    nan = float("nan")
    if n == 0:
        return Interval(nan, nan, nan)
    shares = confusion(first, second, classes) / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float(np.trace(shares)), float(rows @ columns)
    if expected >= 1.0:
        return Interval(nan, nan, nan)
    value = (observed - expected) / (1.0 - expected)
    on = float((np.diag(shares) * (1.0 - (rows + columns) * (1.0 - value)) ** 2).sum())
    both = (columns[:, None] + rows[None, :]) ** 2
    off = (1.0 - value) ** 2 * float((shares * both).sum() - (np.diag(shares) * np.diag(both)).sum())
    variance = on + off - (value - expected * (1.0 - value)) ** 2
    half = _TWO_SIDED_95 * math.sqrt(max(variance, 0.0) / n) / (1.0 - expected)
    return Interval(value, max(value - half, -1.0), min(value + half, 1.0))
