"""From what is said of quality to what is to be expected: never less for more."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

_MANY = 20
"""From so many points on their own order decides; with fewer, a line."""
_PRIOR = 4.0
"""Points that the slope to begin with counts as."""


@dataclass(frozen=True, eq=False)
class MonotoneMap:
    """Straight between its knots, and beyond them with one slope.

    Args:
        knots: (K,) what is said, rising.
        values: (K,) what is to be expected there.
        slope: Beyond the first and the last knot.
    """

    knots: Values
    values: Values
    slope: float

    def __call__(self, said: Values) -> Values:
        """Return what is to be expected (N,) where (N,) is said."""
        inside = np.clip(said, self.knots[0], self.knots[-1])
        return np.asarray(np.interp(inside, self.knots, self.values) + self.slope * (said - inside))


def fit_map(said: Values, truth: Values, slope: float) -> MonotoneMap:
    """Fit what was said (N,) to what was true (N,).

    With fewer than 20 points it is a line through their means: its slope is the least-squares one and `slope`, which
    counts as four points, taken together, and never below 0. From 20 on it is the isotonic regression (Barlow et al.
    1972, "Statistical Inference under Order Restrictions"), flat beyond its ends.

    Args:
        said: What was said of each case.
        truth: How it was.
        slope: What is believed before any case is known: 1 where what is said is in the unit of the truth, else 0.
    """
    if not len(said):
        return MonotoneMap(np.zeros(1), np.zeros(1), slope)
    if len(said) >= _MANY and np.ptp(said) > 0.0:
        return _isotonic(said, truth)
    centre, mean = float(said.mean()), float(truth.mean())
    squares = float(((said - centre) ** 2).sum())
    found = float(((said - centre) * (truth - mean)).sum()) / squares if squares > 0.0 else slope
    shrunk = (len(said) * found + _PRIOR * slope) / (len(said) + _PRIOR)
    return MonotoneMap(np.array([centre]), np.array([mean]), max(shrunk, 0.0))


def _isotonic(said: Values, truth: Values) -> MonotoneMap:
    from scipy.optimize import isotonic_regression

    knots, place, times = np.unique(said, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=truth) / times
    return MonotoneMap(knots, np.asarray(isotonic_regression(means, weights=times).x, dtype=np.float64), 0.0)
