"""Rank correlation."""

from collections.abc import Sequence

import numpy as np

from napari_medal.core.evaluation import Interval
from napari_medal.metrics.correlation import correlation
from napari_medal.metrics.paired_bootstrap import Values, paired_interval


def spearman(predicted: Sequence[float], truth: Sequence[float], subjects: Sequence[int] | None = None) -> Interval:
    """Return Spearman's rank correlation (1904, Am J Psychol 15:72), with its interval over subjects.

    Cases that are equal share the mean of their ranks. nan where one side never changes.
    """
    return paired_interval(_statistic, predicted, truth, subjects)


def _statistic(predicted: Values, truth: Values, counts: Values) -> Values:
    return correlation(_ranks(predicted, counts), _ranks(truth, counts), counts)


def _ranks(values: Values, counts: Values) -> Values:
    """Return the rank (R, N) of each case among those that count, times that they count included."""
    names, place = np.unique(values, return_inverse=True)
    times = np.zeros((len(counts), len(names)))
    for position, name in enumerate(place):
        times[:, name] += counts[:, position]
    upto = times.cumsum(axis=1)
    return np.asarray((upto - (times - 1.0) / 2.0)[:, place])
