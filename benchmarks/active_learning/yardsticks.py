"""Strategies that only a benchmark can have: they know the truth, or nothing at all."""

from dataclasses import dataclass, field, replace

import numpy as np

from napari_medal.acquisition.draw import draw
from napari_medal.acquisition.staged import STRATEGY
from napari_medal.core.strategy import Candidate, Pool, Ranked


@dataclass
class Oracle:
    """Knows how wrong the model is about each case, and takes the worst first.

    Args:
        name: Of the strategy.
        title: The same for people.
        cost_exponent: The error is divided by the expected seconds to this power.
        errors: By case; whoever runs it fills it in before each ranking.
    """

    name: str
    title: str
    cost_exponent: float = 0.0
    errors: dict[str, float] = field(default_factory=dict)

    def rank(self, pool: Pool) -> list[Ranked]:
        """Order by what is known."""
        ranked = [Ranked(found.case, self._worth(found), "the truth is known") for found in pool.candidates]
        return sorted(ranked, key=lambda place: (-place.priority, draw(place.case, pool.seed)))

    def _worth(self, candidate: Candidate) -> float:
        seconds = 1.0 if candidate.seconds is None else candidate.seconds
        return self.errors.get(candidate.case, 0.0) / seconds**self.cost_exponent


@dataclass(frozen=True)
class Permuted:
    """The staged strategy with scores, features and seconds dealt out anew among the cases: it knows nothing."""

    name: str = "permuted"
    title: str = "Staged, knowing nothing"

    def rank(self, pool: Pool) -> list[Ranked]:
        """Shuffle what is known, then rank."""
        order = np.random.default_rng([pool.seed, pool.labelled]).permutation(len(pool.candidates))
        known = [pool.candidates[int(place)] for place in order]
        dealt = [replace(of, case=case.case) for case, of in zip(pool.candidates, known, strict=True)]
        return STRATEGY.rank(replace(pool, candidates=dealt))


@dataclass(frozen=True)
class Cheapest:
    """The case first that will probably take the least time."""

    name: str = "cheapest"
    title: str = "Cheapest first"

    def rank(self, pool: Pool) -> list[Ranked]:
        """Order by expected seconds."""
        ranked = [
            Ranked(found.case, 0.0 if found.seconds is None else -found.seconds, "cheap") for found in pool.candidates
        ]
        return sorted(ranked, key=lambda place: (-place.priority, draw(place.case, pool.seed)))


WORST = Oracle("worst", "Worst first")
WORST_A_MINUTE = Oracle("worst-a-minute", "Most error a minute first", cost_exponent=1.0)
PERMUTED = Permuted()
CHEAPEST = Cheapest()
