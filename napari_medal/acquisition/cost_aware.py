"""The most uncertainty for the reader's time."""

from dataclasses import dataclass, field

from napari_medal.acquisition.ranked_by import ranked_by
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.utility import Utility
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked


@dataclass(frozen=True)
class CostAware:
    """log(uncertainty) - cost_exponent log(seconds) + Gumbel noise of scale 1 / beta.

    Information by predicted effort, as in CEREALS (Mackowiak et al. 2018) and MetaBox+ (Colling et al. 2021), there for
    clicks in street scenes. The exponent stays below 1, for cheap cases are easy cases. A case of which nobody can tell
    how long it takes counts as the median.

    Args:
        cost_exponent: How much time counts.
        schedule: How the noise fades.
    """

    name: str = "cost-aware"
    title: str = "Most uncertain for the time it takes"
    explained: str = (
        "Cases that the model is unsure of and that will not take long to correct. In random order before the "
        "first model."
    )
    cost_exponent: float = 0.5
    schedule: Schedule = field(default_factory=Schedule)

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first."""
        beta = self.schedule.beta(pool.labelled, pool.labelled + len(pool.candidates))
        utility = Utility(pool, beta, self.cost_exponent)

        def place(candidate: Candidate, score: CaseScore) -> Ranked:
            seconds = utility.seconds(candidate)
            known = f"{score.reason}; about {seconds:.0f} s to correct"
            reason = score.reason if candidate.seconds is None else known
            numbers = (("uncertainty", score.uncertainty), ("seconds", seconds), ("beta", beta))
            return Ranked(candidate.case, utility.of(candidate, score.uncertainty), reason, numbers)

        return ranked_by(pool, place)


STRATEGY = CostAware()
