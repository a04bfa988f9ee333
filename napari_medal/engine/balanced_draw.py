"""Draw cases of frequent and of rare classes as often as a balance says."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from napari_medal.core.learning import Balance, Sampling

Positions = npt.NDArray[np.intp]


class BalancedDraw:
    """Draws positions in a list of cases, each of which has a class.

    OVERSAMPLE gives each class its number of cases, but no less than the largest class's divided by the ratio;
    UNDERSAMPLE leaves random cases out until no class has more than the smallest times the ratio; AS_THEY_ARE does
    neither. The first two are methods 1 and 2 of Buda, Maki, Mazurowski 2018 (Neural Networks 106:249); a ratio of 1 is
    full balance.

    Args:
        classes: The class of each case.
        balance: What is done about rare classes.
        seed: Decides which cases are left out.
        frequencies: How often each case is drawn relative to others of its class, or to any other where nothing is
            balanced; empty draws all alike.
    """

    def __init__(self, classes: Sequence[int], balance: Balance, seed: int, frequencies: Sequence[float] = ()) -> None:
        found = np.asarray(classes)
        weight = np.asarray(frequencies, dtype=np.float64) if frequencies else np.ones(len(found))
        if balance.sampling is Sampling.AS_THEY_ARE:
            shares = weight
        else:
            shares = np.zeros(len(found))
            for members, mass in _groups(found, balance, np.random.default_rng(seed)):
                shares[members] = weight[members] / weight[members].sum() * mass
        self.shares: npt.NDArray[np.float64] = shares / shares.sum()
        """How likely each case is drawn, (cases,); 0 where it is left out."""

    def draw(self, count: int, random: np.random.Generator) -> Positions:
        """Return the positions of `count` cases."""
        return random.choice(len(self.shares), size=count, p=self.shares)


def _groups(
    classes: npt.NDArray[np.intp], balance: Balance, random: np.random.Generator
) -> list[tuple[Positions, float]]:
    """Return the cases of each class that may be drawn, and how often, relative to other classes."""
    members = [np.flatnonzero(classes == value) for value in np.unique(classes)]
    sizes = [len(group) for group in members]
    if balance.sampling is Sampling.UNDERSAMPLE:
        most = int(min(sizes) * balance.ratio)
        kept = [group if len(group) <= most else random.choice(group, most, replace=False) for group in members]
        return [(group, float(len(group))) for group in kept]
    return [(group, max(float(len(group)), max(sizes) / balance.ratio)) for group in members]
