"""Area under the risk-coverage curve."""

from collections.abc import Sequence

import numpy as np


def aurc(doubts: Sequence[float], risks: Sequence[float]) -> float:
    """Return how wrong the cases are that are kept, on average over keeping one, two, ... all, the surest first.

    Geifman and El-Yaniv 2017 (arXiv 1705.08500), as Zenk et al. 2025 (Medical Image Analysis 101:103392) compare doubts
    with; lower is better, the mean risk is what a doubt that knows nothing gets. Cases of equal doubt share their mean
    risk.

    Args:
        doubts: How much each case is doubted.
        risks: How wrong it is, such as 1 - Dice.
    """
    doubt, risk = np.asarray(doubts, dtype=np.float64), np.asarray(risks, dtype=np.float64)
    _, group = np.unique(doubt, return_inverse=True)
    shared = np.bincount(group, weights=risk) / np.bincount(group)
    ordered = np.sort(group)
    return float(np.mean(np.cumsum(shared[ordered]) / np.arange(1, len(risk) + 1)))
