"""How long chance decides, and how much of it is left after that."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """A first stage without uncertainty, then noise of scale 1 / beta that fades as labels come in.

    beta grows exponentially from `beta_first` at the end of the first stage to `beta_last` at five times its labels,
    as in ClaSP PE (Lüth et al. 2026, arXiv 2601.13677), there for patches.

    Args:
        explore_until: Labels before uncertainty counts.
        explore_share: The same as a share of all cases, labelled and waiting, if that is more.
        explore_at_most: Upper end of the first stage; it never takes more than half of a project either.
        beta_first: Inverse scale of the noise when ranking begins.
        beta_last: Inverse scale of the noise when it has faded.
    """

    explore_until: int = 12
    explore_share: float = 0.1
    explore_at_most: int = 50
    beta_first: float = 1.0
    beta_last: float = 100.0

    def explore_labels(self, total: int) -> int:
        """Return the labels of the first stage in a project of `total` cases."""
        wanted = max(self.explore_until, math.ceil(self.explore_share * total))
        return min(wanted, max(self.explore_until, self.explore_at_most), math.ceil(total / 2))

    def run(self, labelled: int, total: int) -> float:
        """Return how much of the fading has run, 0 to 1, in a project of `total` cases."""
        explore = self.explore_labels(total)
        return min(max((labelled - explore) / max(4 * explore, 1), 0.0), 1.0)

    def beta(self, labelled: int, total: int) -> float:
        """Return the inverse scale of the noise."""
        return float(self.beta_first * (self.beta_last / self.beta_first) ** self.run(labelled, total))

    def labels_at(self, run: float, total: int) -> int:
        """Return the labels at which so much of the fading has run."""
        explore = self.explore_labels(total)
        return math.ceil(explore + 4 * explore * run)
