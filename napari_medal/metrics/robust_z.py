"""How far values stand out, measured so that those that do cannot hide each other."""

import numpy as np
import numpy.typing as npt

_TO_DEVIATION = 1.4826
"""Turns the median absolute deviation of normal values into their standard deviation."""


def robust_z(values: npt.NDArray[np.floating], least_deviation: float) -> npt.NDArray[np.float64]:
    """Return each value (N,) less the median, over 1.4826 median absolute deviations (Hampel 1974, JASA 69:383).

    Args:
        values: Numbers; nan stays nan and counts for nothing.
        least_deviation: Taken where they lie closer together, so that what is hardly different does not stand out.
    """
    numbers = np.asarray(values, dtype=np.float64)
    known = numbers[~np.isnan(numbers)]
    if known.size == 0:
        return numbers.copy()
    middle = np.median(known)
    deviation = _TO_DEVIATION * np.median(np.abs(known - middle))
    return np.asarray((numbers - middle) / max(float(deviation), least_deviation), dtype=np.float64)
