"""A share of a few cases, and how sure we are of it."""

from napari_medal.core.evaluation import Interval


def proportion_interval(hits: int, of: int, level: float = 0.95) -> Interval:
    """Return hits / of with its exact interval (Clopper and Pearson 1934, Biometrika 26:404).

    Args:
        hits: From 0 to `of`.
        of: At least 1.
        level: Of confidence.
    """
    from scipy.stats import beta

    tail = (1.0 - level) / 2.0
    low = float(beta.ppf(tail, hits, of - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1.0 - tail, hits + 1, of - hits)) if hits < of else 1.0
    return Interval(hits / of, low, high)
