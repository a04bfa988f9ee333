"""The most uncertain case first."""

from dataclasses import dataclass

from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Candidate, Pool, Ranked


@dataclass(frozen=True)
class MostUncertain:
    """Descending uncertainty; equals in random order, cases that no model has seen last.

    With few labels this asks for outliers and costs accuracy against a random order; `staged` guards against
    that.
    """

    name: str = "uncertainty"
    title: str = "Most uncertain first"

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most uncertain first."""
        unseen = all(candidate.score is None for candidate in pool.candidates)
        reason = "no model yet: drawn at random" if unseen else "no prediction yet: drawn at random"
        ordered = sorted(pool.candidates, key=lambda candidate: draw(candidate.case, pool.seed))
        ranked = [_place(candidate, pool.seed, reason) for candidate in ordered]
        return sorted(ranked, key=lambda place: -place.priority)


def _place(candidate: Candidate, seed: int, unseen_reason: str) -> Ranked:
    if candidate.score is None:
        return Ranked(candidate.case, draw(candidate.case, seed) - 1.0, unseen_reason)
    return Ranked(candidate.case, candidate.score.uncertainty, candidate.score.reason)


STRATEGY = MostUncertain()
