"""Random batches, the most uncertain first."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.acquisition.draw import draw
from napari_medal.acquisition.placed import placed
from napari_medal.acquisition.unseen import unseen
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Pool, Ranked

_BATCHES = 10
"""So many are chosen among `draws` each; what is left is dealt out once, and its batches are sorted."""

_STREAM = 1
"""A stream of random numbers."""


@dataclass(frozen=True)
class StochasticBatches:
    """Take the random batch with the highest mean uncertainty of `draws`, then the same of what is left.

    A batch is as varied as chance makes it, and uncertain as a whole (Gaillochet et al. 2023, Medical Image Analysis
    90:102958, arXiv 2301.07670; shown there for slices of hippocampi and prostates).

    Args:
        draws: How many random batches are compared for each place of a batch.
    """

    name: str = "stochastic-batches"
    title: str = "The most uncertain of many random batches"
    explained: str = (
        "Of a hundred random batches the one that the model is least sure of: varied, and uncertain as a whole. "
        "In random order before the first model."
    )
    draws: int = 100

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, batch by batch."""
        scores = {candidate.case: candidate.score for candidate in pool.candidates if candidate.score is not None}
        seen = sorted(scores.items())
        uncertainty = np.array([score.uncertainty for _, score in seen])
        seed = int(draw("", pool.seed, pool.labelled, _STREAM) * 2**53)
        batches = self._batches(uncertainty, max(pool.batch, 1), seed)
        order = [
            _told(case, score, float(uncertainty[batch].mean()))
            for batch in batches
            for case, score in [seen[index] for index in batch]
        ]
        return placed(order + unseen(pool))

    def _batches(self, uncertainty: npt.NDArray[np.float64], size: int, seed: int) -> list[npt.NDArray[np.intp]]:
        """Return indices in batches, the most uncertain first within each."""
        rng = np.random.default_rng(seed)
        left = np.arange(len(uncertainty))
        batches: list[npt.NDArray[np.intp]] = []
        while len(left) > size and len(batches) < _BATCHES:
            keys = rng.random((self.draws, len(left)))
            drawn = left[np.argpartition(keys, size - 1, axis=1)[:, :size]]
            batches.append(drawn[np.argmax(uncertainty[drawn].mean(axis=1))])
            left = np.setdiff1d(left, batches[-1])
        dealt = np.split(rng.permutation(left), range(size, len(left), size)) if len(left) else []
        dealt.sort(key=lambda batch: -uncertainty[batch].mean())
        return [batch[np.argsort(-uncertainty[batch], kind="stable")] for batch in batches + dealt]


def _told(case: str, score: CaseScore, mean: float) -> Ranked:
    reason = f"{score.reason} (in a random batch that is {mean:.2f} uncertain on average)"
    return Ranked(case, 0.0, reason, (("uncertainty", score.uncertainty), ("mean of the batch", mean)))


STRATEGY = StochasticBatches()
