"""Area under the receiver operating characteristic."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

_NAN = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Auc:
    """Areas under the curve.

    Args:
        macro: Mean over the classes that can be judged.
        per_class: Each class against the rest; nan for a class that no case, or every case, has in truth.
    """

    macro: Interval
    per_class: tuple[Interval, ...]


def auc(truth: npt.NDArray[np.integer], scores: npt.NDArray[np.floating], seed: int = 0, resamples: int = 1000) -> Auc:
    """Return one-vs-rest areas and their macro mean with 95 % percentile bootstrap intervals over cases.

    The area is the chance that a random case of the class scores higher than a random other case, ties
    counting half (Hanley and McNeil 1982). Cases are resampled within each true class, so every resample has
    all classes.

    Args:
        truth: (N,) class indices.
        scores: (N, C) probabilities.
        seed: Makes the intervals repeatable.
        resamples: Number of bootstrap resamples.
    """
    weights = _stratified_counts(truth, seed, resamples)
    areas = np.stack([_areas(truth == label, scores[:, label], weights) for label in range(scores.shape[1])])
    judged = areas[~np.isnan(areas[:, 0])]
    macro = _interval(judged.mean(axis=0)) if len(judged) else _NAN
    return Auc(macro, tuple(_interval(area) for area in areas))


def _stratified_counts(truth: npt.NDArray[np.integer], seed: int, resamples: int) -> npt.NDArray[np.float64]:
    """Return (1 + resamples, N): how often each case occurs; row 0 is the sample itself."""
    rng = np.random.default_rng(seed)
    counts = np.ones((1 + resamples, len(truth)))
    for label in np.unique(truth):
        members = np.flatnonzero(truth == label)
        counts[1:, members] = rng.multinomial(len(members), np.full(len(members), 1 / len(members)), resamples)
    return counts


def _areas(
    positive: npt.NDArray[np.bool_], score: npt.NDArray[np.floating], counts: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the area in each row of `counts`; nan where one side is empty."""
    ours, theirs = counts[:, positive], counts[:, ~positive]
    if ours.shape[1] == 0 or theirs.shape[1] == 0:
        return np.full(len(counts), np.nan)
    first, second = score[positive][:, None], score[~positive][None, :]
    wins = (first > second) + 0.5 * (first == second)
    won = np.einsum("bp,bp->b", ours, theirs @ wins.T)
    return np.asarray(won / (ours.sum(axis=1) * theirs.sum(axis=1)), dtype=np.float64)


def _interval(areas: npt.NDArray[np.float64]) -> Interval:
    if np.isnan(areas[0]):
        return _NAN
    low, high = np.quantile(areas[1:], (0.025, 0.975))
    return Interval(float(areas[0]), min(float(low), float(areas[0])), max(float(high), float(areas[0])))
