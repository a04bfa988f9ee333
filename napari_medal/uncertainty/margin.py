"""How close the two likeliest classes come."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means


@dataclass(frozen=True)
class Margin:
    """One less the lead of the likeliest class of the ensemble mean over the next: 1 - (p_1 - p_2).

    1 where two classes are equally likely, whatever there is besides (Scheffer et al. 2001, Active hidden Markov models
    for information extraction). A value has no classes: 0.
    """

    name: str = "margin"
    title: str = "Small lead of the likeliest class"
    explained: str = "How small the lead of the likeliest class over the next one is."

    def map(self, samples: Samples) -> FloatArray:
        """Return the lack of a lead at each place: (S, C, *space) to space."""
        return _lack_of_lead(samples.mean(axis=0))

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        mean = samples.mean(axis=0)
        if mean.ndim > 1:
            return band_means(_lack_of_lead(mean), mean)
        return _lack_of_lead(np.stack([mean, 1.0 - mean]))


def _lack_of_lead(mean: FloatArray) -> FloatArray:
    first, second = np.zeros_like(mean[0]), np.zeros_like(mean[0])
    if len(mean) == 1:
        return np.asarray(first, dtype=np.float32)
    for probability in mean:
        second = np.maximum(second, np.minimum(first, probability))
        first = np.maximum(first, probability)
    return np.asarray(np.clip(1.0 - (first - second), 0.0, 1.0), dtype=np.float32)


MEASURE = Margin()
