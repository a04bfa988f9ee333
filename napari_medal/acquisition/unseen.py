"""The cases that the live model has not seen."""

from napari_medal.acquisition.at_random import at_random
from napari_medal.core.strategy import Pool, Ranked


def unseen(pool: Pool, below: float = 1.0) -> list[Ranked]:
    """Return them in random order, with priorities between `below` - 1 and `below`."""
    waiting = [candidate for candidate in pool.candidates if candidate.score is None]
    nothing = len(waiting) == len(pool.candidates)
    reason = "no model yet: drawn at random" if nothing else "no prediction yet: drawn at random"
    return at_random(waiting, pool.seed, reason, below)
