"""Root mean squared error."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.evaluation import Interval
from napari_medal.metrics.paired_bootstrap import Values, paired_interval


def rmse(predicted: Sequence[float], truth: Sequence[float], subjects: Sequence[int] | None = None) -> Interval:
    """Return the root of the mean squared error, in the values' unit, with its interval over subjects."""
    return paired_interval(_statistic, predicted, truth, subjects)


def _statistic(predicted: Values, truth: Values, counts: Values) -> Values:
    return np.asarray(np.sqrt(counts @ (predicted - truth) ** 2 / counts.sum(axis=1)))
