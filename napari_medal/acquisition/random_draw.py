"""A random order."""

from dataclasses import dataclass

from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Pool, Ranked


@dataclass(frozen=True)
class RandomDraw:
    """Every waiting case is as likely to come next.

    Hard to beat with few labels (Burmeister et al. 2022, arXiv 2207.00845). The order depends on the pool's
    seed alone: cases that wait keep their order while others are labelled.
    """

    name: str = "random"
    title: str = "Random order"

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, in random order."""
        ranked = [
            Ranked(candidate.case, draw(candidate.case, pool.seed), "drawn at random") for candidate in pool.candidates
        ]
        return sorted(ranked, key=lambda place: -place.priority)


STRATEGY = RandomDraw()
