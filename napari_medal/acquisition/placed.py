"""Cases that stand in their order already."""

from collections.abc import Sequence
from dataclasses import replace

from napari_medal.core.strategy import Ranked


def placed(order: Sequence[Ranked]) -> list[Ranked]:
    """Return them with a priority that says no more than the order: how many cases stand at this place or behind."""
    return [replace(place, priority=float(len(order) - index)) for index, place in enumerate(order)]
