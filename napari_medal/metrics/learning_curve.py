"""How a figure grows with labels, and what more of them would probably bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

Values = npt.NDArray[np.float64]

FEWEST = 3
"""Different numbers of labels that a curve needs."""
_RATES = 60
_LONGEST, _SHORTEST = 10.0, 0.02
"""Half-lives that are tried, in units of the labels between the first point and the last."""
_SMALLEST_ERROR = 1e-4


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """figure = limit - lack * exp(-rate * (labels - start)), and the same for each resample.

    Args:
        start: Labels of the first point.
        fits: (1 + R, 3) limit, lack and rate; the first row is the fit itself.
    """

    start: float
    fits: Values

    @property
    def limit(self) -> Interval:
        """What the figure tends to, with its 95 % interval."""
        return _interval(self.fits[:, 0])

    def at(self, labels: float) -> Interval:
        """Return the figure to be expected with so many labels, with its 95 % interval."""
        return _interval(self._values(labels))

    def gain(self, labels: float, more: float) -> Interval:
        """Return what `more` labels after `labels` would bring, with its 95 % interval; never less than nothing."""
        return _interval(self._values(labels + more) - self._values(labels))

    def _values(self, labels: float) -> Values:
        limit, lack, rate = self.fits.T
        return np.asarray(limit - lack * np.exp(-rate * (labels - self.start)))


def fit_learning_curve(
    labels: Sequence[float],
    figures: Sequence[float],
    errors: Sequence[float],
    ceiling: float = 1.0,
    seed: int = 0,
    resamples: int = 500,
) -> LearningCurve | None:
    """Fit the curve by weighted least squares; None with fewer than three different numbers of labels.

    The curve is the one that nnActive measures foreground efficiency with (Lüth et al. 2026, arXiv 2601.13677): a
    power law with an offset (Hestness et al. 2017, arXiv 1712.00409) needs more points than a project has. The limit
    is at most the ceiling, and labels never harm. For each of 60 rates the other two parameters follow in closed form,
    so that no start and no local minimum decides. Intervals come from a parametric bootstrap: normal noise around the
    fit with the points' own errors, as if they were independent. Those of one validation set are not, so that the
    interval of a gain is rather too wide.

    Args:
        labels: (N,) labels trained on.
        figures: (N,) what was measured; more is better.
        errors: (N,) standard errors; where one is nan or 0, the median of the others counts.
        ceiling: The best that a figure can be.
        seed: Makes the intervals repeatable.
        resamples: Number of bootstrap resamples.
    """
    x, y = np.asarray(labels, dtype=np.float64), np.asarray(figures, dtype=np.float64)
    if len(np.unique(x)) < FEWEST:
        return None
    error = _known_errors(np.asarray(errors, dtype=np.float64))
    start, span = float(x.min()), float(np.ptp(x))
    rates = np.log(2.0) / (span * np.geomspace(_LONGEST, _SHORTEST, _RATES))
    shapes = np.exp(-rates[:, None] * (x - start))
    best = _fit(y[None], shapes, error, ceiling, rates)
    curve = LearningCurve(start, best)
    fitted = np.array([float(curve._values(labels)[0]) for labels in x])
    noise = np.random.default_rng(seed).standard_normal((resamples, len(x))) * error
    return LearningCurve(start, np.concatenate([best, _fit(fitted + noise, shapes, error, ceiling, rates)]))


def _known_errors(errors: Values) -> Values:
    known = errors[np.isfinite(errors) & (errors > 0.0)]
    usual = float(np.median(known)) if known.size else 100 * _SMALLEST_ERROR
    return np.maximum(np.where(np.isfinite(errors) & (errors > 0.0), errors, usual), _SMALLEST_ERROR)


def _fit(figures: Values, shapes: Values, error: Values, ceiling: float, rates: Values) -> Values:
    """Return limit, lack and rate (R, 3) for each row of figures (R, N); shapes are (B, N)."""
    weight = error**-2.0
    total, ones, twos = weight.sum(), shapes @ weight, shapes**2 @ weight
    sums, mixed = (figures @ weight)[:, None], (figures * weight) @ shapes.T
    determinant = total * twos - ones**2
    is_sound = determinant > 1e-9 * total * twos
    with np.errstate(invalid="ignore", divide="ignore"):
        lack = np.where(is_sound, (ones * sums - total * mixed) / determinant, -1.0)
        limit = (sums + lack * ones) / total
    free = (lack >= 0.0) & (limit <= ceiling)
    flat = np.minimum(np.broadcast_to(sums / total, mixed.shape), ceiling)
    full = np.maximum((ceiling * ones - mixed) / twos, 0.0)
    limits = np.stack([np.where(free, limit, flat), flat, np.full_like(mixed, ceiling)])
    lacks = np.stack([np.where(free, lack, 0.0), np.zeros_like(mixed), full])
    # The weighted squares, but for those of the figures themselves, which are the same everywhere.
    squares = total * limits**2 + lacks**2 * twos - 2.0 * (limits * sums - lacks * mixed + limits * lacks * ones)
    rows = np.arange(len(figures))
    kind, rate = np.divmod(squares.transpose(1, 0, 2).reshape(len(figures), -1).argmin(axis=1), len(rates))
    return np.stack([limits[kind, rows, rate], lacks[kind, rows, rate], rates[rate]], axis=1)


def _interval(values: Values) -> Interval:
    low, high = np.quantile(values[1:], (0.025, 0.975)) if len(values) > 1 else (values[0], values[0])
    value = float(values[0])
    return Interval(value, min(float(low), value), max(float(high), value))
