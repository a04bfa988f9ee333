"""How much overlap the ensemble expects of its own mask."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples

_SMOOTH_VOXELS = 1.0
"""Keeps a structure that nobody expects from counting as unknown."""


@dataclass(frozen=True)
class ExpectedDice:
    """One less the Dice that the mask would have if the ensemble's probabilities were right.

    For the mean probability p_c and the mask m_c of the voxels where class c is the likeliest, class c gets
    1 - (2 sum p_c m_c + 1) / (sum p_c + sum m_c + 1). In the limit of large structures that is the expected Dice when
    the voxels are drawn independently (as the soft Dice of Milletari et al. 2016, arXiv 1606.04797, turned on the model
    itself). It is known to a single member too, and takes into account that small structures lose more by the same
    boundary. A class or value per case gets 2 min(p, 1 - p).
    """

    name: str = "expected-dice"
    title: str = "Dice that the ensemble expects of its own mask"
    explained: str = "How much overlap the model itself does not expect of its mask; a single member can tell it too."

    def map(self, samples: Samples) -> FloatArray:
        """Return (1 - max_c p_c) C / (C - 1) at each place, p being the mean: (S, C, *space) to space."""
        classes = samples.shape[1]
        if classes == 1:
            return np.zeros(samples.shape[2:], dtype=np.float32)
        doubt = (1.0 - samples.mean(axis=0).max(axis=0)) * (classes / (classes - 1))
        return np.asarray(np.clip(doubt, 0.0, 1.0), dtype=np.float32)

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): the formula above, background first."""
        mean = samples.mean(axis=0)
        if mean.ndim == 1:
            return np.asarray(np.clip(2.0 * np.minimum(mean, 1.0 - mean), 0.0, 1.0), dtype=np.float32)
        winners = mean.argmax(axis=0)
        doubts = []
        for label, probability in enumerate(mean):
            mask = winners == label
            shared = 2.0 * float(probability[mask].sum(dtype=np.float64)) + _SMOOTH_VOXELS
            both = float(probability.sum(dtype=np.float64)) + float(np.count_nonzero(mask)) + _SMOOTH_VOXELS
            doubts.append(1.0 - shared / both)
        return np.clip(np.array(doubts, dtype=np.float32), 0.0, 1.0)


MEASURE = ExpectedDice()
