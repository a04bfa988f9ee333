"""From how far something stands out to how suspicious it is."""

WORTH_A_LOOK = 2.0
"""Robust deviations from the usual below which nobody need look."""
_HALF = 5.0
_MOST = 95.0


def standing_out(deviations: float) -> float:
    """Return a suspicion of 0 to 0.95; five robust deviations from the usual are half of 1.

    The top is left to what is certain, such as an exam that is there twice.
    """
    found = min(max(deviations, 0.0), _MOST)
    return found / (found + _HALF)
