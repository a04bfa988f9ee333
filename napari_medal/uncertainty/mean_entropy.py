"""Predictive entropy over the whole volume."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.shannon import shannon


@dataclass(frozen=True)
class MeanEntropy:
    """Entropy of the ensemble mean, averaged over all voxels: mean_v H(mean_s p_s(v)) / log C.

    A yardstick: MONAI Label ranks volumes by it. It is diluted by background and grows with a structure's surface, and
    is among the worst of the scores compared by Zenk et al. 2025 (Medical Image Analysis 101:103392) at telling failed
    segmentations; `entropy` looks where a class is in question. A value has no classes: 0.
    """

    name: str = "mean-entropy"
    title: str = "Predictive entropy of the whole volume, background and all"
    explained: str = (
        "The doubt on average over the whole volume, background and all: a yardstick, by which large structures "
        "come first."
    )

    def map(self, samples: Samples) -> FloatArray:
        """Return the entropy at each place: (S, C, *space) to space."""
        return shannon(samples.mean(axis=0))

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): the mean of the map, the same for each class."""
        return np.full(samples.shape[1], self.map(samples).mean(), dtype=np.float32)


MEASURE = MeanEntropy()
