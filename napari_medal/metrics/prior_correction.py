"""Probabilities without the frequency of the classes that a model learnt from."""

import numpy as np
import numpy.typing as npt

from napari_medal.types import FloatArray


def without_priors(probabilities: FloatArray, priors: npt.NDArray[np.floating]) -> FloatArray:
    """Divide the probability of each class by its share among the labelled cases, and normalise.

    "Thresholding" in Buda, Maki, Mazurowski 2018 (Neural Netw 106:249): y(i) = p(i|x) / p(i). The paper says nothing of
    normalising; it changes no decision and keeps them probabilities. A class without a case keeps its probability.

    Args:
        probabilities: (..., C).
        priors: (C,) shares, counted before any sampling.
    """
    divided = probabilities / np.where(priors > 0, priors, 1.0)
    return np.asarray(divided / divided.sum(axis=-1, keepdims=True), dtype=np.float32)
