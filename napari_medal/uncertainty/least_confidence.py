"""How unlikely the likeliest class is."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means


@dataclass(frozen=True)
class LeastConfidence:
    """One less the probability of the likeliest class of the ensemble mean: (1 - max_c p_c) C / (C - 1).

    1 where all classes are equally likely (Culotta and McCallum 2005, Reducing labeling effort for structured
    prediction tasks). A value has no classes: 0.
    """

    name: str = "least-confidence"
    title: str = "Low probability of the likeliest class"
    explained: str = "How improbable even the likeliest class is."

    def map(self, samples: Samples) -> FloatArray:
        """Return the lack of confidence at each place: (S, C, *space) to space."""
        return _lack_of_confidence(samples.mean(axis=0))

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        mean = samples.mean(axis=0)
        if mean.ndim > 1:
            return band_means(_lack_of_confidence(mean), mean)
        return _lack_of_confidence(np.stack([mean, 1.0 - mean]))


def _lack_of_confidence(mean: FloatArray) -> FloatArray:
    classes = len(mean)
    if classes == 1:
        return np.zeros(mean.shape[1:], dtype=np.float32)
    scaled = (1.0 - mean.max(axis=0)) * np.float32(classes / (classes - 1))
    return np.asarray(np.clip(scaled, 0.0, 1.0), dtype=np.float32)


MEASURE = LeastConfidence()
