"""Confidence intervals of statistics of pairs, by resampling subjects."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

Values: TypeAlias = npt.NDArray[np.float64]

Statistic: TypeAlias = Callable[[Values, Values, Values], Values]
"""Turns predicted (N,), true (N,), and how often each case counts (R, N), into (R,)."""

_NAN = float("nan")


def paired_interval(
    statistic: Statistic,
    predicted: Sequence[float],
    truth: Sequence[float],
    subjects: Sequence[int] | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """Return a statistic over all cases and its 95 % percentile bootstrap interval over subjects.

    The cases of a subject are drawn together (Field and Welsh 2007, J R Stat Soc B 69:369). Pairs with a nan are left
    out; resamples that have no value, as all their cases are alike, are too. A single subject gives an interval without
    width, which says nothing of others.

    Args:
        statistic: What is reckoned.
        predicted: (N,) what the model says.
        truth: (N,) what is right.
        subjects: (N,) whose case each is; by default each another's.
        seed: Makes the interval repeatable.
        resamples: Number of bootstrap resamples.
    """
    ours, theirs = np.asarray(predicted, dtype=np.float64), np.asarray(truth, dtype=np.float64)
    known = ~(np.isnan(ours) | np.isnan(theirs))
    whose = np.arange(len(ours)) if subjects is None else np.asarray(subjects)
    ours, theirs, whose = ours[known], theirs[known], whose[known]
    if not len(ours):
        return Interval(_NAN, _NAN, _NAN)
    value = float(statistic(ours, theirs, np.ones((1, len(ours))))[0])
    names, member = np.unique(whose, return_inverse=True)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), resamples)
    found = statistic(ours, theirs, drawn[:, member].astype(np.float64))
    found = found[~np.isnan(found)]
    if np.isnan(value) or not found.size:
        return Interval(value, _NAN, _NAN)
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(value, min(float(low), value), max(float(high), value))
