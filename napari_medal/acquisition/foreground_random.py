"""A random order that prefers cases in which there is something."""

from dataclasses import dataclass, replace

from napari_medal.acquisition.at_random import at_random
from napari_medal.acquisition.deal import deal
from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Pool, Ranked

_COIN = 1
_FOUND = 2
"""Streams of random numbers."""


@dataclass(frozen=True)
class ForegroundRandom:
    """Fill each place, with the probability `share`, from the cases in which the model finds something, else from all.

    nnActive draws 33 or 66 % of its patches so, and no strategy of its benchmark beat it reliably (Lüth et al. 2025,
    arXiv 2511.19183). It looks foreground up in the true labels; here the model's prediction has to do, so that
    structures that the model misses are not preferred. Without a model the order is random.

    Args:
        name: Identifier.
        title: One line for people.
        share: The probability.
    """

    name: str
    title: str
    share: float

    @property
    def explained(self) -> str:
        """What it does, for people."""
        return (
            f"Any case, but {self.share * 100:.0f} % of the places go to cases in which the model finds something. "
            "In random order before the first model."
        )

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once."""
        everything = at_random(pool.candidates, pool.seed, "drawn at random")
        found = {candidate.case for candidate in pool.candidates if candidate.finds}
        reason = f"drawn at random from {len(found)} cases in which the model finds something"
        finds = [replace(place, reason=reason) for place in everything if place.case in found]
        finds.sort(key=lambda place: draw(place.case, pool.seed, _FOUND))
        return deal((everything, finds), lambda number: self._turn(pool, number))

    def _turn(self, pool: Pool, number: int) -> int:
        """Toss for a place; the count runs over the labels, so that an order made anew goes on with the next toss."""
        return int(draw(str(pool.labelled + number), pool.seed, _COIN) < self.share)


THIRD = ForegroundRandom("foreground-random-33", "Random, a third of it where the model finds something", 0.33)
TWO_THIRDS = ForegroundRandom("foreground-random-66", "Random, two thirds of it where the model finds something", 0.66)
