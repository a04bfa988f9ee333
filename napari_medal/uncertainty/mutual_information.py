"""Mutual information between prediction and ensemble member."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means
from napari_medal.uncertainty.shannon import shannon


@dataclass(frozen=True)
class MutualInformation:
    """Entropy of the mean less the mean entropy: (H(mean_s p_s) - mean_s H(p_s)) / log C.

    The part of the entropy that comes from members contradicting one another, which more labels can settle;
    known as BALD (Houlsby et al. 2011, arXiv 1112.5745; Gal et al. 2017, arXiv 1703.02910). 0 with a single
    member.
    """

    name: str = "mutual-information"
    title: str = "Mutual information (BALD)"
    explained: str = "How much the members contradict one another, which is the doubt that more labels can settle."

    def map(self, samples: Samples) -> FloatArray:
        """Return the mutual information at each place: (S, C, *space) to space."""
        information = shannon(samples.mean(axis=0))
        for member in samples:
            information = information - shannon(member) / np.float32(len(samples))
        return np.asarray(np.clip(information, 0.0, 1.0), dtype=np.float32)

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        if samples.ndim > 2:
            return band_means(self.map(samples), samples.mean(axis=0))
        return self.map(np.stack([samples, 1.0 - samples], axis=1))


MEASURE = MutualInformation()
