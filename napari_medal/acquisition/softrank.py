"""The first ranks by uncertainty, with noise that fades."""

from dataclasses import dataclass, field

from napari_medal.acquisition.ranked_by import ranked_by
from napari_medal.acquisition.schedule import Schedule
from napari_medal.acquisition.utility import Utility
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked


@dataclass(frozen=True)
class Softrank:
    """-log(rank by uncertainty) + Gumbel noise of scale 1 / beta: the chance of a case goes with rank^-beta.

    As `power`, but blind to how far the uncertainties lie apart (Kirsch et al. 2023, arXiv 2106.12059). Equals have the
    same rank, the best of theirs.

    Args:
        schedule: How the noise fades.
    """

    name: str = "softrank"
    title: str = "Most uncertain first, with chance by its rank"
    explained: str = (
        "The case that the model is least sure of, with some chance, for which only places count, not how far "
        "doubts lie apart. In random order before the first model."
    )
    schedule: Schedule = field(default_factory=Schedule)

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first."""
        beta = self.schedule.beta(pool.labelled, pool.labelled + len(pool.candidates))
        utility = Utility(pool, beta)
        scores = [candidate.score for candidate in pool.candidates if candidate.score is not None]
        falling = sorted((score.uncertainty for score in scores), reverse=True)
        ranks = {value: rank for rank, value in reversed(list(enumerate(falling, start=1)))}

        def place(candidate: Candidate, score: CaseScore) -> Ranked:
            rank = ranks[score.uncertainty]
            numbers = (("rank", float(rank)), ("uncertainty", score.uncertainty), ("beta", beta))
            return Ranked(candidate.case, utility.of(candidate, 1.0 / rank), score.reason, numbers)

        return ranked_by(pool, place)


STRATEGY = Softrank()
