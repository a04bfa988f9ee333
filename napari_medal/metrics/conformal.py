"""Ranges that hold for a stated share of new cases, whatever the distribution."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

Fit = Callable[[Values, Values], Callable[[Values], Values]]
"""Turns what was said (N,) and what was true (N,) into what says what is to be expected (M,) where (M,) is said."""


@dataclass(frozen=True, eq=False)
class Ranges:
    """What is to be expected of new cases.

    Args:
        values: (M,) by the fit to all known cases.
        low: (M,) lower ends; -inf where there are too few known cases.
        high: (M,) upper ends; likewise inf.
    """

    values: Values
    low: Values
    high: Values


def fewest_cases(level: float = 0.9) -> int:
    """Return how many known cases a range of this level needs: 9 for 90 %."""
    return math.ceil(level / (1.0 - level) - 1e-9)


def left_out(fit: Fit, said: Values, truth: Values) -> Values:
    """Return what is to be expected of each of the cases (N,) by the fit to all others."""
    found = [fit(np.delete(said, i), np.delete(truth, i))(said[i : i + 1]) for i in range(len(said))]
    return np.concatenate(found) if found else np.empty(0)


def jackknife_plus(fit: Fit, said: Values, truth: Values, new: Values, level: float = 0.9) -> Ranges:
    """Return ranges for new cases that are exchangeable with the known ones.

    The jackknife+ of Barber et al. 2021 (Ann Stat 49:486): every known case is left out once, and the ranges hold for
    at least 2 * level - 1 of new cases whatever the distribution and the fit, and for about `level` with a fit that
    does not hang on single cases. No case is set aside for it, which matters where there are but a dozen.

    Args:
        fit: What maps what is said to what is to be expected.
        said: (N,) of the known cases.
        truth: (N,) likewise.
        new: (M,) what is said of the new ones.
        level: Share of new cases.
    """
    values = fit(said, truth)(new)
    known = len(said)
    if known < fewest_cases(level):
        return Ranges(values, np.full(len(new), -np.inf), np.full(len(new), np.inf))
    miss = np.abs(truth - left_out(fit, said, truth))
    centres = np.stack([fit(np.delete(said, i), np.delete(truth, i))(new) for i in range(known)])
    upto = math.ceil(level * (known + 1) - 1e-9)
    high = np.sort(centres + miss[:, None], axis=0)[upto - 1]
    low = np.sort(centres - miss[:, None], axis=0)[known - upto]
    return Ranges(values, np.minimum(low, values), np.maximum(high, values))
