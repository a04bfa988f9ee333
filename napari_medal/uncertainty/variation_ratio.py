"""How many members vote against the majority."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means


@dataclass(frozen=True)
class VariationRatio:
    """Share of the members that do not vote for the class with the most votes: 1 - max_c votes_c / S.

    Freeman 1965, Elementary applied statistics. A member votes for its likeliest class. A single member has nobody to
    contradict: 0, which means unknown, not certain. A value has no classes: 0.
    """

    name: str = "variation-ratio"
    title: str = "Share of the ensemble members in the minority"
    explained: str = "How many members vote against the majority."

    def map(self, samples: Samples) -> FloatArray:
        """Return the share at each place: (S, C, *space) to space."""
        votes = samples.argmax(axis=1)
        most = np.zeros(votes.shape[1:], dtype=np.intp)
        for label in range(samples.shape[1]):
            most = np.maximum(most, np.count_nonzero(votes == label, axis=0))
        return np.asarray(1.0 - most / len(samples), dtype=np.float32)

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        if samples.ndim > 2:
            return band_means(self.map(samples), samples.mean(axis=0))
        votes = np.bincount(samples.argmax(axis=1), minlength=samples.shape[1]) / len(samples)
        return np.asarray(np.minimum(votes, 1.0 - votes), dtype=np.float32)


MEASURE = VariationRatio()
