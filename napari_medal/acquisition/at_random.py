"""A random order of cases."""

from collections.abc import Iterable

from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Candidate, Ranked


def at_random(candidates: Iterable[Candidate], seed: int, reason: str, below: float = 1.0) -> list[Ranked]:
    """Order candidates at random, with priorities between `below` - 1 and `below`; say what is known of each.

    The order depends on the seed alone: cases that wait keep their order while others are labelled.
    """
    ranked = [
        Ranked(
            candidate.case,
            below - 1.0 + draw(candidate.case, seed),
            reason if candidate.score is None else f"{candidate.score.reason} ({reason})",
        )
        for candidate in candidates
    ]
    return sorted(ranked, key=lambda place: (-place.priority, place.case))
