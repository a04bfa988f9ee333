"""Area under the budget curve."""

from collections.abc import Sequence

import numpy as np


def aubc(spent: Sequence[float], figures: Sequence[float], budget: float) -> float:
    """Return the mean figure over the budget: the area under figure against what was spent, by trapezoids.

    As nnActive reports it (Lüth et al. 2025, arXiv 2511.19183), there over the rounds. The curve begins at what was
    spent first; past its end it stays where it was, and what lies beyond the budget does not count.

    Args:
        spent: Labels or minutes, ascending.
        figures: The figure reached with them.
        budget: Where the area ends; more than `spent[0]`.
    """
    x, y = np.asarray(spent, dtype=np.float64), np.asarray(figures, dtype=np.float64)
    inside = x < budget
    ends = np.append(x[inside], budget)
    heights = np.append(y[inside], np.interp(budget, x, y))
    return float(np.trapezoid(heights, ends) / (budget - x[0]))
