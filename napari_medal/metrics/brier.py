"""The Brier score."""

import numpy as np
import numpy.typing as npt


def brier(probabilities: npt.NDArray[np.floating], truth: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Return for each answer the sum over classes of (probability - truth)^2, from 0 to 2; their mean is the score.

    This is Brier's own definition over all classes (1950, Mon Weather Rev 78:1-3); for two classes it is twice the
    one-sided score that is also in use.

    Args:
        probabilities: (N, C).
        truth: (N,) class indices.
    """
    target = np.eye(probabilities.shape[1])[np.asarray(truth, dtype=np.intp)]
    return np.asarray(((probabilities - target) ** 2).sum(axis=1), dtype=np.float64)
