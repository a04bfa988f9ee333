"""Whether a model is worse than another on the same cases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.evaluation import Interval
from napari_medal.metrics.sign_patterns import EXACT_UP_TO, sign_patterns


@dataclass(frozen=True)
class PairedTest:
    """Two models on the same cases.

    Args:
        pairs: Number of pairs.
        new: Mean of the new one.
        old: Mean of the old one.
        mean_difference: Mean of new less old; below 0 the new one is worse.
        standard_error: Of that mean; nan with fewer than two cases.
        p_worse: One-sided p value: small when the new one is worse beyond chance.
    """

    pairs: int
    new: float
    old: float
    mean_difference: float
    standard_error: float
    p_worse: float

    @property
    def difference(self) -> Interval:
        """The mean difference with its 95 % interval by Student's t; limits are nan with fewer than two pairs.

        With few cases it keeps its promise better than the bootstrap, which is too narrow there.
        """
        if self.pairs < 2:
            return Interval(self.mean_difference, float("nan"), float("nan"))
        from scipy.special import stdtrit

        half = float(stdtrit(self.pairs - 1, 0.975)) * self.standard_error
        return Interval(self.mean_difference, self.mean_difference - half, self.mean_difference + half)


def paired_test(new: Sequence[float], old: Sequence[float]) -> PairedTest:
    """Compare case by case with the one-sided sign-flip test (Fisher 1935).

    If both models were alike, each difference would be as likely with the other sign. All sign patterns are
    tried up to 14 cases, 10,000 random ones beyond, always the same. Pairs with a nan are left out; with
    none left the means are nan and the p value 1.
    """
    pairs = np.stack([np.asarray(new, dtype=np.float64), np.asarray(old, dtype=np.float64)])
    pairs = pairs[:, ~np.isnan(pairs).any(axis=0)]
    n = pairs.shape[1]
    if n == 0:
        nan = float("nan")
        return PairedTest(0, nan, nan, nan, nan, 1.0)
    difference = pairs[0] - pairs[1]
    error = float(difference.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    sums = sign_patterns(n) @ difference
    as_bad = np.count_nonzero(sums <= difference.sum() + 1e-12 * np.abs(difference).sum())
    p_worse = as_bad / len(sums) if n <= EXACT_UP_TO else (as_bad + 1) / (len(sums) + 1)
    return PairedTest(
        n, float(pairs[0].mean()), float(pairs[1].mean()), float(difference.mean()), error, float(p_worse)
    )
