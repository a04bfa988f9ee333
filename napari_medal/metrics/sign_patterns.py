"""The signs that differences could have had."""

import numpy as np
import numpy.typing as npt

EXACT_UP_TO = 14
"""All patterns are tried for up to so many differences, and so many random ones beyond."""
_DRAWS = 10_000


def sign_patterns(n: int) -> npt.NDArray[np.float64]:
    """Return rows of n signs: every pattern, or random ones, always the same."""
    if n <= EXACT_UP_TO:
        bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    else:
        bits = np.random.default_rng(0).integers(0, 2, (_DRAWS, n))
    return 1.0 - 2.0 * bits.astype(np.float64)
