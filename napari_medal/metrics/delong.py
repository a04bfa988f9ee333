"""An interval for the area under the curve without resampling."""

import numpy as np
import numpy.typing as npt

from napari_medal.core.evaluation import Interval

_TWO_SIDED_95 = 1.959963984540054


def delong_interval(positive: npt.NDArray[np.bool_], score: npt.NDArray[np.floating]) -> Interval:
    """Return the area under the receiver operating characteristic and its 95 % interval by DeLong's variance.

    With V10 of a positive case the share of negative cases that it outscores (ties half), and V01 of a negative case
    the share of positive ones that outscore it, the variance is var(V10) / m + var(V01) / n (DeLong, DeLong and
    Clarke-Pearson 1988, Biometrics 44:837-845). The limits are symmetric on the logit scale, where they stay between 0
    and 1 (Qin and Hotilovac 2008, Stat Methods Med Res 17:207-221). At an area of 0 or 1, and with fewer than two
    cases on a side, the variance says nothing: the limits are nan. With no case on a side all is nan.

    Args:
        positive: (N,) whether the case is of the class.
        score: (N,) how much it looks so.
    """
    ours, theirs = score[positive], score[~positive]
    if ours.size == 0 or theirs.size == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    wins = (ours[:, None] > theirs[None, :]) + 0.5 * (ours[:, None] == theirs[None, :])
    area = float(wins.mean())
    if min(ours.size, theirs.size) < 2 or not 0.0 < area < 1.0:
        return Interval(area, float("nan"), float("nan"))
    variance = wins.mean(axis=1).var(ddof=1) / ours.size + wins.mean(axis=0).var(ddof=1) / theirs.size
    centre, half = np.log(area / (1.0 - area)), _TWO_SIDED_95 * np.sqrt(variance) / (area * (1.0 - area))
    low, high = (float(1.0 / (1.0 + np.exp(-limit))) for limit in (centre - half, centre + half))
    return Interval(area, min(low, area), max(high, area))
