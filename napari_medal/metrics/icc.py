"""How well readers, or a reader and a model, agree on a number."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

_NAN = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class IntraclassCorrelation:
    """Two intraclass correlations of single measurements, with 95 % intervals.

    Args:
        agreement: ICC(2,1): readers are a sample of all readers, and a constant difference between them counts.
        consistency: ICC(3,1): these readers only, and a constant difference does not count.
    """

    agreement: Interval
    consistency: Interval


@dataclass(frozen=True)
class _Squares:
    """Mean squares of a two-way layout without repetition."""

    n: int
    k: int
    rows: float
    columns: float
    error: float


def intraclass_correlation(values: npt.NDArray[np.floating]) -> IntraclassCorrelation:
    """Return ICC(2,1) = (R - E) / (R + (k - 1) E + k (C - E) / n) and ICC(3,1) = (R - E) / (R + (k - 1) E).

    R, C and E are the mean squares between cases, between readers and of the rest. Formulas and names of the
    forms: Shrout and Fleiss 1979 (Psychol Bull 86:420-428); intervals by F, for ICC(2,1) with Satterthwaite's degrees
    of freedom: McGraw and Wong 1996 (Psychol Methods 1:30-46). An ICC(2,1) of 0 or less has no limits. Fewer than two
    cases or readers, or values that are all equal, give nan.

    Args:
        values: (cases, readers); rows with a nan are left out.
    """
    table = np.asarray(values, dtype=np.float64)
    table = table[~np.isnan(table).any(axis=1)]
    n, k = table.shape
    if n < 2 or k < 2 or np.ptp(table) == 0:
        return IntraclassCorrelation(_NAN, _NAN)
    mean, rows, columns = table.mean(), table.mean(axis=1), table.mean(axis=0)
    rest = table - rows[:, None] - columns[None, :] + mean
    squares = _Squares(
        n,
        k,
        float(k * ((rows - mean) ** 2).sum() / (n - 1)),
        float(n * ((columns - mean) ** 2).sum() / (k - 1)),
        float((rest**2).sum() / ((n - 1) * (k - 1))),
    )
    return IntraclassCorrelation(_agreement(squares), _consistency(squares))


def _agreement(s: _Squares) -> Interval:
    from scipy.stats import f

    value = (s.rows - s.error) / (s.rows + (s.k - 1) * s.error + s.k * (s.columns - s.error) / s.n)
    if value >= 1.0:
        return Interval(1.0, 1.0, 1.0)
    if value <= 0.0:
        return Interval(value, float("nan"), float("nan"))
    a = s.k * value / (s.n * (1.0 - value))
    b = 1.0 + a * (s.n - 1)
    below = (a * s.columns) ** 2 / (s.k - 1) + (b * s.error) ** 2 / ((s.n - 1) * (s.k - 1))
    freedom = (a * s.columns + b * s.error) ** 2 / below
    lower, upper = float(f.ppf(0.975, s.n - 1, freedom)), float(f.ppf(0.975, freedom, s.n - 1))
    spread = s.k * s.columns + (s.k * s.n - s.k - s.n) * s.error
    low = s.n * (s.rows - lower * s.error) / (lower * spread + s.n * s.rows)
    high = s.n * (upper * s.rows - s.error) / (spread + s.n * upper * s.rows)
    return Interval(value, min(low, value), max(high, value))


def _consistency(s: _Squares) -> Interval:
    from scipy.stats import f

    value = (s.rows - s.error) / (s.rows + (s.k - 1) * s.error)
    if s.error == 0.0:
        return Interval(value, value, value)
    ratio, rest = s.rows / s.error, (s.n - 1) * (s.k - 1)
    low, high = ratio / float(f.ppf(0.975, s.n - 1, rest)), ratio * float(f.ppf(0.975, rest, s.n - 1))
    return Interval(value, (low - 1.0) / (low + s.k - 1), (high - 1.0) / (high + s.k - 1))
