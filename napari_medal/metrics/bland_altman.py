"""How far two ways of measuring the same thing differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.evaluation import Interval

_LIMIT = 1.96


@dataclass(frozen=True)
class Agreement:
    """Differences between two measurements of each case.

    Args:
        bias: Mean difference, with its 95 % interval.
        lower: Lower limit of agreement, with its 95 % interval: 95 % of differences lie between both limits.
        upper: Upper limit of agreement, likewise.
        cases: Number of cases.
    """

    bias: Interval
    lower: Interval
    upper: Interval
    cases: int


def bland_altman(first: Sequence[float], second: Sequence[float]) -> Agreement:
    """Return bias and 95 % limits of agreement of first less second: mean and mean -+ 1.96 SD of the differences.

    Intervals are those of Bland and Altman 1986 (Lancet 327:307-310): Student's t with standard errors SD / sqrt(n) for
    the bias and sqrt(3 / n) SD for the limits. Cases with a nan are left out; with fewer than two left there are no
    limits.
    """
    from scipy.stats import t

    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    difference = difference[~np.isnan(difference)]
    n = difference.size
    if n < 2:
        nan = Interval(float("nan"), float("nan"), float("nan"))
        return Agreement(Interval(float(difference[0]), nan.low, nan.high) if n else nan, nan, nan, n)
    mean, deviation = float(difference.mean()), float(difference.std(ddof=1))
    quantile = float(t.ppf(0.975, n - 1))

    def around(value: float, error: float) -> Interval:
        return Interval(value, value - quantile * error, value + quantile * error)

    of_limits = deviation * np.sqrt(3.0 / n)
    return Agreement(
        around(mean, deviation / np.sqrt(n)),
        around(mean - _LIMIT * deviation, of_limits),
        around(mean + _LIMIT * deviation, of_limits),
        n,
    )
