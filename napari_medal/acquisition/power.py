"""Uncertain cases first, with noise that fades."""

from dataclasses import dataclass, field

from napari_medal.acquisition.ranked_by import ranked_by
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.utility import Utility
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked


@dataclass(frozen=True)
class Power:
    """log(uncertainty) + Gumbel noise of scale 1 / beta: the chance of a case goes with uncertainty^beta.

    The cases at the top of one ranking resemble one another; a little chance spreads them (Kirsch et al. 2023,
    Stochastic batch acquisition, arXiv 2106.12059). beta follows the schedule of `staged`.

    Args:
        schedule: How the noise fades.
    """

    name: str = "power"
    title: str = "Most uncertain first, with chance by its power"
    explained: str = (
        "The case that the model is least sure of, with some chance, which fades as labels come in. In random "
        "order before the first model."
    )
    schedule: Schedule = field(default_factory=Schedule)

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first."""
        beta = self.schedule.beta(pool.labelled, pool.labelled + len(pool.candidates))
        utility = Utility(pool, beta)

        def place(candidate: Candidate, score: CaseScore) -> Ranked:
            numbers = (("uncertainty", score.uncertainty), ("beta", beta))
            return Ranked(candidate.case, utility.of(candidate, score.uncertainty), score.reason, numbers)

        return ranked_by(pool, place)


STRATEGY = Power()
