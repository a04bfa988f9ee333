"""Several tests at once, by the bluntest correction."""

from collections.abc import Sequence


def bonferroni(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values times their number, at most 1, in the order they came (Dunn 1961, J Am Stat Assoc 56:52-64)."""
    return tuple(min(1.0, p * len(p_values)) for p in p_values)
