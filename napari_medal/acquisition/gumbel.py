"""Repeatable Gumbel noise for cases."""

import math

from napari_medal.acquisition.draw import draw


def gumbel(case: str, *seeds: int) -> float:
    """Return a random number of the standard Gumbel distribution, -log(-log(uniform)): always the same one.

    The cases with the largest log w + noise are a draw without replacement in which each counts by its weight w.
    """
    return -math.log(-math.log(draw(case, *seeds)))
