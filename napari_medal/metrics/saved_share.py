"""How much time one way of choosing cases saves over another, for the same error found."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Effort:
    """What correcting cases took and found.

    Args:
        minutes: (N,) reading time of each case.
        found: (N,) how wrong it was before: 1 less the Dice.
    """

    minutes: tuple[float, ...]
    found: tuple[float, ...]

    @property
    def a_minute(self) -> float:
        """Error found in a minute; nan without any time."""
        total = sum(self.minutes)
        return sum(self.found) / total if total > 0.0 else float("nan")


def saved_share(chosen: Effort, others: Effort, seed: int = 0, resamples: int = 2000) -> Interval:
    """Return 1 - (minutes for a unit of error among the chosen) / (the same among the others), with its 95 % interval.

    The interval is the percentile bootstrap over cases, each side drawn by itself. nan where one side has found no
    error at all. Below 0 the choice costs time.
    """
    if sum(chosen.found) <= 0.0 or sum(others.found) <= 0.0:
        return Interval(float("nan"), float("nan"), float("nan"))
    value = 1.0 - others.a_minute / chosen.a_minute
    rng = np.random.default_rng(seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 1.0 - _resampled(others, rng, resamples) / _resampled(chosen, rng, resamples)
    low, high = np.quantile(shares[~np.isnan(shares)], (0.025, 0.975), method="inverted_cdf")
    return Interval(value, min(float(low), value), max(float(high), value))


def _resampled(effort: Effort, rng: np.random.Generator, resamples: int) -> Values:
    """Return the error found in a minute (R,) among cases drawn with replacement."""
    drawn = rng.integers(0, len(effort.found), (resamples, len(effort.found)))
    minutes, found = np.asarray(effort.minutes), np.asarray(effort.found)
    return np.asarray(found[drawn].sum(axis=1) / minutes[drawn].sum(axis=1))
