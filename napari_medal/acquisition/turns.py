"""Whose turn it is when places are shared out among labels."""

import math
from collections.abc import Callable


def turns(share: float, labels: int, begun: int) -> Callable[[int], int]:
    """Return who has a place, from 0: 0 for the case as a whole, 1 for the first label, 2 for the second, and so on.

    Args:
        share: Share of the places that go to the labels, in turn.
        labels: How many there are.
        begun: Places that were filled before; the turns go on from there.
    """

    def turn(number: int) -> int:
        before = math.floor((begun + number) * share)
        is_for_a_label = labels > 0 and math.floor((begun + number + 1) * share) > before
        return 1 + before % labels if is_for_a_label else 0

    return turn
