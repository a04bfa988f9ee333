"""Several tests at once."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values adjusted by Holm's method (1979, Scand J Stat 6:65-70), in the order they came in."""
    found = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(found, kind="stable")
    adjusted = np.minimum(np.maximum.accumulate(found[order] * (len(found) - np.arange(len(found)))), 1.0)
    result = np.empty_like(found)
    result[order] = adjusted
    return tuple(result.tolist())
