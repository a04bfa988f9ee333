"""What the values of a task are standardised with."""

import math
from collections.abc import Sequence

from napari_medal.core.plan import ValueScale
from napari_medal.core.quantity import Quantity

_MODEST = 10
_LEAST = 0.05
"""With fewer labels than that, the deviation is no smaller than this share of the range: a model goes on from the live
one in its scale, and two first cases that happen to be alike must not set one that all later ones burst."""


def value_scale(values: Sequence[float | None], quantity: Quantity) -> ValueScale:
    """Return mean and standard deviation of the training labels; where nothing is known, of the range."""
    known = [value for value in values if value is not None]
    width = quantity.high - quantity.low
    if not known:
        return ValueScale((quantity.low + quantity.high) / 2, width / 4)
    mean = sum(known) / len(known)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in known) / len(known))
    least = _LEAST * width if len(known) < _MODEST else 1e-6 * width
    return ValueScale(mean, max(deviation, least))
