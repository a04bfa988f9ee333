"""How far the members lie apart."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means


@dataclass(frozen=True)
class Variance:
    """Standard deviation of the members, as a share of the largest there can be: sqrt(C / (C - 1) sum_c Var_s p_s,c).

    It puts cases in the order of the ensemble's variance (Lakshminarayanan et al. 2017, arXiv 1612.01474); where the
    members are views of one image it is their test-time variance (Wang et al. 2019, arXiv 1807.07356). Numbers in
    a range deviate by half its width at most (Popoviciu 1935), so a value, as a share of its range, gets
    2 sqrt(Var_s): it counts as two classes, itself and the rest.

    A single member has nothing to deviate from: it gets 0, which means unknown, not certain.
    """

    name: str = "variance"
    title: str = "Spread of the ensemble members"
    explained: str = "How far the members' answers lie apart, whether they are masks, classes or numbers."

    def map(self, samples: Samples) -> FloatArray:
        """Return the deviation at each place: (S, C, *space) to space."""
        classes = samples.shape[1]
        total = np.zeros(samples.shape[2:], dtype=np.float32)
        for label in range(classes):
            total += samples[:, label].var(axis=0, dtype=np.float32)
        largest = np.float32(classes / (classes - 1) if classes > 1 else 4.0)
        return np.asarray(np.clip(np.sqrt(total * largest), 0.0, 1.0), dtype=np.float32)

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the map's mean in each class's band; else each class against the rest."""
        if samples.ndim > 2:
            return band_means(self.map(samples), samples.mean(axis=0))
        return np.asarray(np.clip(2.0 * samples.std(axis=0), 0.0, 1.0), dtype=np.float32)


MEASURE = Variance()
