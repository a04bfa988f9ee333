"""Predictive entropy where a class is likely."""

from dataclasses import dataclass

import numpy as np

from napari_medal.types import FloatArray, Samples
from napari_medal.uncertainty.band import band_means
from napari_medal.uncertainty.shannon import shannon


@dataclass(frozen=True)
class ClassEntropy:
    """Entropy of the ensemble mean times its probability of a class: H(p) p_c / log C, where p = mean_s p_s.

    What ClaSP PE shares its query out by (Lüth et al. 2026, arXiv 2601.13677), with the strategy `class-stratified`. It
    takes the best mean over a window of the size of a query patch, for a patch is what is labelled there. Here a whole
    case is labelled, so each class gets the mean over its whole band: a window's mean grows with the surface that it
    holds, and so with the structure. A value has no classes: 0.
    """

    name: str = "class-entropy"
    title: str = "Predictive entropy where each class is likely (ClaSP)"
    explained: str = "The doubt where each label is likely; made for a strategy that serves the labels in turn."

    def map(self, samples: Samples) -> FloatArray:
        """Return the entropy at each place, of all classes together: (S, C, *space) to space."""
        return shannon(samples.mean(axis=0))

    def per_class(self, samples: Samples) -> FloatArray:
        """Return (C,): for a mask, the mean of the formula in each class's band; else the formula."""
        mean = samples.mean(axis=0)
        weighted = np.asarray(shannon(mean) * mean, dtype=np.float32)
        return weighted if mean.ndim == 1 else band_means(weighted, mean)


MEASURE = ClassEntropy()
