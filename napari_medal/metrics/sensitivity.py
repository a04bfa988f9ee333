"""How many cases of a class are caught when few others are."""

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval


def sensitivity_at(
    positive: npt.NDArray[np.bool_],
    score: npt.NDArray[np.floating],
    specificity: float,
    seed: int = 0,
    resamples: int = 1000,
) -> Interval:
    """Return the largest sensitivity at which the specificity is at least as wanted, and its 95 % interval.

    A case is called positive when its score reaches a threshold; the threshold is the lowest one that leaves the
    wanted share of negative cases below it. Since it is chosen on the cases it is judged on, the figure is a little
    too good. The interval is a percentile bootstrap, stratified by truth, with the threshold chosen anew in each
    resample. nan with no case on a side.

    Args:
        positive: (N,) whether the case is of the class.
        score: (N,) how much it looks so.
        specificity: In [0, 1].
        seed: Makes the interval repeatable.
        resamples: Number of bootstrap resamples.
    """
    ours, theirs = (np.asarray(score[side], dtype=np.float64) for side in (positive, ~positive))
    if ours.size == 0 or theirs.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    value = float(_sensitivity(ours[None], theirs[None], specificity)[0])
    rng = np.random.default_rng(seed)
    drawn = [side[rng.integers(0, side.size, (resamples, side.size))] for side in (ours, theirs)]
    low, high = np.quantile(_sensitivity(drawn[0], drawn[1], specificity), (0.025, 0.975))
    return Interval(value, min(float(low), value), max(float(high), value))


def _sensitivity(
    ours: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64], specificity: float
) -> npt.NDArray[np.float64]:
    """Return the sensitivity in each row."""
    allowed = int(np.floor((1.0 - specificity) * theirs.shape[1] + 1e-9))
    ordered = -np.sort(-theirs, axis=1)
    if allowed >= theirs.shape[1]:
        return np.ones(len(ours))
    # The first negative score too many must stay below the threshold.
    return np.asarray((ours > ordered[:, allowed, None]).mean(axis=1), dtype=np.float64)
