"""Mean entropy of the members."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means
from napari_medal.uncertainty.shannon import shannon


@dataclass(frozen=True)
class ExpectedEntropy:
    """Mean of the members' entropies: mean_s H(p_s) / log C.

    The part of the entropy that all members see, such as a blurred boundary, and that more labels do not settle: the
    entropy less the mutual information (Gal et al. 2017, arXiv 1703.02910). A value has no classes: 0.
    """

    name: str = "expected-entropy"
    title: str = "Mean entropy of the ensemble members"
    explained: str = "The doubt that all members share, such as a blurred boundary, which more labels do not settle."

    def map(self, samples: Samples) -> FloatArray:
        """Return the mean entropy at each place: (S, C, *space) to space."""
        total = np.zeros(samples.shape[2:], dtype=np.float32)
        for member in samples:
            total += shannon(member) / np.float32(len(samples))
        return np.asarray(np.clip(total, 0.0, 1.0), dtype=np.float32)

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        if samples.ndim > 2:
            return band_means(self.map(samples), samples.mean(axis=0))
        return self.map(np.stack([samples, 1.0 - samples], axis=1))


MEASURE = ExpectedEntropy()
