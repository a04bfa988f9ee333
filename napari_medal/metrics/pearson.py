"""Linear correlation."""

from collections.abc import Sequence

from napari_medal.core.evaluation import Interval
from napari_medal.metrics.correlation import correlation
from napari_medal.metrics.paired_bootstrap import Values, paired_interval


def pearson(predicted: Sequence[float], truth: Sequence[float], subjects: Sequence[int] | None = None) -> Interval:
    """Return Pearson's product-moment correlation, with its interval over subjects; nan where one side never changes.

    It tells nothing of a constant difference or of a wrong scale.
    """
    return paired_interval(_statistic, predicted, truth, subjects)


def _statistic(predicted: Values, truth: Values, counts: Values) -> Values:
    return correlation(predicted - predicted.mean(), truth - truth.mean(), counts)
