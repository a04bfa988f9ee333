"""Whether a model is right as often as it says."""

import numpy as np
import numpy.typing as npt


def calibration_error(probabilities: npt.NDArray[np.floating], truth: npt.NDArray[np.integer], bins: int = 15) -> float:
    """Return the expected calibration error of the likeliest class; nan without answers.

    Answers are sorted by the probability of their likeliest class into bins of equal width, each open below and closed
    above; the error is the mean over answers of |share that is right - mean probability| of their bin (Naeini, Cooper
    and Hauskrecht 2015; Guo et al. 2017, arXiv 1706.04599). It is biased upwards when answers are few.

    Args:
        probabilities: (N, C).
        truth: (N,) class indices.
        bins: Number of bins between 0 and 1.
    """
    if len(truth) == 0:
        return float("nan")
    sure = probabilities.max(axis=1).astype(np.float64)
    right = (probabilities.argmax(axis=1) == truth).astype(np.float64)
    place = np.clip(np.ceil(sure * bins).astype(np.intp) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=right - sure, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))
