"""Cases as points that can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.acquisition.at_random import at_random
from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Candidate, Pool, Ranked

Points = npt.NDArray[np.float64]
"""(N, D) features of N cases."""

_DIMENSIONS = 16


@dataclass(frozen=True)
class FeatureSpace:
    """Standardised features, turned to their principal components and cut to the first 16 of them.

    Args:
        candidates: The waiting cases whose features are known, in an order that depends on the seed alone.
        waiting: (N, D) where they lie.
        taught: (M, D) where the labelled cases lie.
    """

    candidates: tuple[Candidate, ...]
    waiting: Points
    taught: Points

    @classmethod
    def of(cls, pool: Pool) -> "FeatureSpace":
        """Lay out a pool; cases without features, or with some that are no numbers, are left out."""
        known = [found for found in pool.candidates if found.features is not None and np.isfinite(found.features).all()]
        known.sort(key=lambda candidate: draw(candidate.case, pool.seed))
        taught = sorted(features for features in pool.taught if np.isfinite(features).all())
        points = _reduced([*(found.features for found in known if found.features is not None), *taught])
        return cls(tuple(known), points[: len(known)], points[len(known) :])

    def others(self, pool: Pool) -> list[Ranked]:
        """Return the cases of the pool that are left out, in random order."""
        known = {candidate.case for candidate in self.candidates}
        left_out = [candidate for candidate in pool.candidates if candidate.case not in known]
        return at_random(left_out, pool.seed, "what it looks like is not known: drawn at random")

    @property
    def everything(self) -> Points:
        """(N + M, D) waiting cases, then labelled ones."""
        return np.concatenate([self.waiting, self.taught])


def _reduced(features: Sequence[tuple[float, ...]]) -> Points:
    if not features:
        return np.zeros((0, 1))
    points: Points = np.array(features, dtype=np.float64)
    spread = points.std(axis=0)
    is_constant = spread <= 1e-9 * np.abs(points).max(axis=0)
    points = (points - points.mean(axis=0)) / np.where(is_constant, np.inf, spread)
    if points.shape[1] <= _DIMENSIONS:
        return np.asarray(points)
    left, strength, _ = np.linalg.svd(points, full_matrices=False)
    return np.asarray(left[:, :_DIMENSIONS] * strength[:_DIMENSIONS])
