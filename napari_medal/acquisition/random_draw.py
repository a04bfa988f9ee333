"""A random order."""

from dataclasses import dataclass, replace

from napari_medal.acquisition.at_random import at_random
from napari_medal.core.strategy import Pool, Ranked


@dataclass(frozen=True)
class RandomDraw:
    """Every waiting case is as likely to come next.

    Hard to beat with few labels (Burmeister et al. 2022, arXiv 2207.00845). The order depends on the pool's
    seed alone: cases that wait keep their order while others are labelled.
    """

    name: str = "random"
    title: str = "Random order"
    explained: str = "Every waiting case is as likely to come next. It needs no model."

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, in random order."""
        return [
            replace(place, reason="drawn at random")
            for place in at_random(pool.candidates, pool.seed, "drawn at random")
        ]


STRATEGY = RandomDraw()
