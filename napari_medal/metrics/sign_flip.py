"""Whether paired differences lie off zero."""

from collections.abc import Sequence

import numpy as np

from napari_medal.metrics.sign_patterns import sign_patterns


def sign_flip(differences: Sequence[float]) -> float:
    """Return the two-sided p value of the sign-flip test of the mean (Fisher 1935).

    All sign patterns count up to 14 differences, 10,000 random ones beyond. n differences cannot get below 2 / 2**n: at
    least six are needed for 0.05. Without any difference it is 1.
    """
    found = np.asarray(differences, dtype=np.float64)
    if not len(found):
        return 1.0
    sums = np.abs(sign_patterns(len(found)) @ found)
    return float(np.mean(sums >= abs(found.sum()) - 1e-12 * np.abs(found).sum()))
