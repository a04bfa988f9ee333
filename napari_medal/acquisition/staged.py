"""Random first, then uncertainty with fading noise, with random audits throughout."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Candidate, Pool, Ranked

_SMALLEST = 1e-6
"""Uncertainties below this count as this, so that their logarithm stays finite."""

_NOISE = 1
_AUDIT = 2
"""Streams of random numbers."""


@dataclass(frozen=True)
class Staged:
    """Explore at random, then rank by log(uncertainty) + Gumbel noise of scale 1 / beta.

    With few labels the uncertainty is that of a poor model and ranking by it asks for outliers, so the order
    is random until `explore_until` labels or `explore_share` of the project, whichever is more; but never
    for more than half of a small project nor `explore_at_most` labels of a large one. After that beta grows
    exponentially from `beta_first` to `beta_last`, which it reaches at five times the labels of the random
    stage: the schedule and the noise on the logarithm are those of ClaSP PE (Lüth et al. 2026, arXiv
    2601.13677), there for patches, here for cases, where no study has tested them.

    Every `audit_every`-th label of the project is drawn at random whatever its score: only such cases
    measure the model without bias. The count runs over the labels, not over one ranking, so that the audit
    comes to the front even if the order is worked out anew after each label.

    Args:
        explore_until: Labels before uncertainty counts.
        explore_share: The same as a share of all cases, labelled and waiting.
        explore_at_most: Upper end of the random stage.
        beta_first: Inverse scale of the noise when ranking begins.
        beta_last: Inverse scale of the noise when it has faded.
        audit_every: How often a case is drawn at random.
    """

    name: str = "staged"
    title: str = "Random at first, then the most uncertain, with random audits"
    explore_until: int = 12
    explore_share: float = 0.1
    explore_at_most: int = 50
    beta_first: float = 1.0
    beta_last: float = 100.0
    audit_every: int = 5

    def rank(self, pool: Pool) -> list[Ranked]:
        """Return every candidate once, the most valuable first."""
        explore = self.explore_labels(pool.labelled + len(pool.candidates))
        seen = [candidate for candidate in pool.candidates if candidate.score is not None]
        if not seen:
            return _at_random(pool.candidates, pool.seed, "no model yet: drawn at random")
        if pool.labelled < explore:
            return _at_random(pool.candidates, pool.seed, f"random order until {explore} labels")
        ranked = self._with_audits(self._by_uncertainty(seen, pool, explore), pool)
        unseen = [candidate for candidate in pool.candidates if candidate.score is None]
        below = ranked[-1].priority - 1.0
        return ranked + _at_random(unseen, pool.seed, "no prediction yet: drawn at random", below)

    def explore_labels(self, total: int) -> int:
        """Return the labels of the random stage in a project of `total` cases."""
        wanted = max(self.explore_until, math.ceil(self.explore_share * total))
        return min(wanted, max(self.explore_until, self.explore_at_most), math.ceil(total / 2))

    def beta(self, labelled: int, explore: int) -> float:
        """Return the inverse scale of the noise."""
        grown = min(max((labelled - explore) / max(4 * explore, 1), 0.0), 1.0)
        return float(self.beta_first * (self.beta_last / self.beta_first) ** grown)

    def _by_uncertainty(self, seen: list[Candidate], pool: Pool, explore: int) -> list[Ranked]:
        beta = self.beta(pool.labelled, explore)
        ranked = []
        for candidate in seen:
            if candidate.score is not None:
                gumbel = -math.log(-math.log(draw(candidate.case, pool.seed, pool.labelled, _NOISE)))
                priority = math.log(max(candidate.score.uncertainty, _SMALLEST)) + gumbel / beta
                ranked.append(Ranked(candidate.case, priority, candidate.score.reason))
        return sorted(ranked, key=lambda place: (-place.priority, place.case))

    def _with_audits(self, ranked: list[Ranked], pool: Pool) -> list[Ranked]:
        """Put the audits in their places; an audit takes the priority of the case that it follows."""
        audits = iter(sorted(ranked, key=lambda place: draw(place.case, pool.seed, _AUDIT)))
        placed: list[Ranked] = []
        taken: set[str] = set()
        scored = iter(ranked)
        for number in range(pool.labelled + 1, pool.labelled + len(ranked) + 1):
            if number % self.audit_every == 0:
                place = next(audit for audit in audits if audit.case not in taken)
                follows = placed[-1].priority if placed else ranked[0].priority
                reason = f"audit: every {self.audit_every}th case is drawn at random, to measure the model"
                place = Ranked(place.case, follows, reason)
            else:
                place = next(place for place in scored if place.case not in taken)
            taken.add(place.case)
            placed.append(place)
        return placed


def _at_random(candidates: Sequence[Candidate], seed: int, reason: str, below: float = 1.0) -> list[Ranked]:
    """Order candidates at random, with priorities between `below` - 1 and `below`; say what is known of each."""
    ranked = [
        Ranked(
            candidate.case,
            below - 1.0 + draw(candidate.case, seed),
            reason if candidate.score is None else f"{candidate.score.reason} ({reason})",
        )
        for candidate in candidates
    ]
    return sorted(ranked, key=lambda place: -place.priority)


STRATEGY = Staged()
