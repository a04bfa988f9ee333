"""What a label is worth: uncertainty, chance and the reader's time in one number."""

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from napari_medal.acquisition.gumbel import gumbel
from napari_medal.core.strategy import Candidate, Pool

_SMALLEST = 1e-6
"""Uncertainties below this count as this, so that their logarithm stays finite."""

_SHORTEST_SECONDS = 1.0


@dataclass(frozen=True)
class Utility:
    """log(uncertainty) + Gumbel noise of scale 1 / beta - cost_exponent log(seconds).

    Args:
        pool: Gives the seeds of the noise, and the median time, which stands in where a case's own is not known.
        beta: Inverse scale of the noise; infinite for none.
        cost_exponent: How much time counts: 0 not at all, 1 for uncertainty by the second.
    """

    pool: Pool
    beta: float = math.inf
    cost_exponent: float = 0.0

    def of(self, candidate: Candidate, uncertainty: float, stream: int = 0) -> float:
        """Return the number; each stream has noise of its own."""
        value = math.log(max(uncertainty, _SMALLEST))
        if math.isfinite(self.beta):
            value += gumbel(candidate.case, self.pool.seed, self.pool.labelled, stream) / self.beta
        if self.cost_exponent:
            value -= self.cost_exponent * math.log(self.seconds(candidate))
        return value

    def seconds(self, candidate: Candidate) -> float:
        """Return how long the case takes, at least 1 s; the median of the others where nobody can tell."""
        return max(self._usual_seconds if candidate.seconds is None else candidate.seconds, _SHORTEST_SECONDS)

    @cached_property
    def _usual_seconds(self) -> float:
        known = [candidate.seconds for candidate in self.pool.candidates if candidate.seconds is not None]
        return median(known or [_SHORTEST_SECONDS])
