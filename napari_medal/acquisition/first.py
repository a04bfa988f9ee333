"""The order of the names."""

from dataclasses import dataclass

from napari_medal.acquisition.placed import placed
from napari_medal.core.strategy import Pool, Ranked


@dataclass(frozen=True)
class First:
    """Sort by name: what a reader does who goes through a folder.

    A yardstick, and the order for work that is shared out by name.
    """

    name: str = "first"
    title: str = "By name"
    explained: str = "In the order of the names, as one goes through a folder. It needs no model."

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, sorted by name."""
        return placed([Ranked(case, 0.0, "next by name") for case in sorted(found.case for found in pool.candidates)])


STRATEGY = First()
