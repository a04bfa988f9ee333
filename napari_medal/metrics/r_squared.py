"""Coefficient of determination."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.evaluation import Interval
from napari_medal.metrics.paired_bootstrap import Values, paired_interval


def r_squared(predicted: Sequence[float], truth: Sequence[float], subjects: Sequence[int] | None = None) -> Interval:
    """Return 1 - sum (predicted - truth)^2 / sum (truth - its mean)^2, with its interval over subjects.

    1 is perfect, 0 is no better than always saying the mean, and less than 0 is worse. nan where the truth never
    changes.
    """
    return paired_interval(_statistic, predicted, truth, subjects)


def _statistic(predicted: Values, truth: Values, counts: Values) -> Values:
    centred = truth - truth.mean()  # far from 0 the sums of squares would cancel
    weight = counts.sum(axis=1)
    total = counts @ centred**2 - (counts @ centred) ** 2 / weight
    total[total <= 1e-12 * (counts @ centred**2 + np.finfo(np.float64).tiny)] = np.nan
    return np.asarray(1.0 - counts @ (predicted - truth) ** 2 / total)
