"""The most uncertain case first."""

from dataclasses import dataclass

from napari_medal.acquisition.ranked_by import ranked_by
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked


@dataclass(frozen=True)
class MostUncertain:
    """Descending uncertainty; equals in random order, cases that no model has seen last.

    With few labels this asks for outliers and costs accuracy against a random order; `staged` guards against
    that.
    """

    name: str = "uncertainty"
    title: str = "Most uncertain first"
    explained: str = (
        "The case that the model is least sure of; with few labels that is often an odd one. In random order "
        "before the first model."
    )

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most uncertain first."""
        return ranked_by(pool, _place)


def _place(candidate: Candidate, score: CaseScore) -> Ranked:
    return Ranked(candidate.case, score.uncertainty, score.reason, (("uncertainty", score.uncertainty),))


STRATEGY = MostUncertain()
