"""Predictive entropy."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means
from napari_medal.uncertainty.shannon import shannon


@dataclass(frozen=True)
class Entropy:
    """Entropy of the ensemble mean: H(mean_s p_s) / log C.

    It holds both the doubt that more labels would settle and the doubt that lies in the image (Shannon 1948;
    as the total uncertainty of an ensemble, Gal et al. 2017, arXiv 1703.02910). 1 where all classes are
    equally likely.
    """

    name: str = "entropy"
    title: str = "Predictive entropy of the ensemble mean"
    explained: str = "How undecided the members are when taken together, for whatever reason."

    def map(self, samples: Samples) -> FloatArray:
        """Return the entropy at each place: (S, C, *space) to space."""
        return shannon(samples.mean(axis=0))

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        mean = samples.mean(axis=0)
        if mean.ndim > 1:
            return band_means(shannon(mean), mean)
        return shannon(np.stack([mean, 1.0 - mean]))


MEASURE = Entropy()
