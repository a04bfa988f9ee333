"""Labels that are probably wrong, by what models say that have not seen them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ROUNDING = 1e-6
"""Of probabilities in float32: one that equals its threshold reaches it."""


@dataclass(frozen=True)
class LabelIssue:
    """A case off the diagonal of the confident joint.

    Args:
        place: Position of the case.
        likely: Index of the class that it is confidently counted under.
        margin: Probability of that class less that of the label's, -1 to 1.
    """

    place: int
    likely: int
    margin: float


def label_issues(labels: Sequence[int], probabilities: npt.NDArray[np.floating]) -> list[LabelIssue]:
    """Return the cases that the confident joint counts under another class than their label, the clearest first.

    A class is confident of a case where its probability reaches the mean that it has among the cases labelled with it;
    of several confident classes the likeliest counts. Source: Northcutt, Jiang, Chuang 2021, JAIR 70:1373-1411.

    Args:
        labels: Index of each case's class.
        probabilities: (N, C) from models that have not seen the label.
    """
    given = np.asarray(labels, dtype=np.intp)
    count = probabilities.shape[1]
    thresholds = np.full(count, np.inf)
    for index in range(count):
        if (given == index).any():
            thresholds[index] = probabilities[given == index, index].mean()
    confident = np.where(probabilities >= thresholds - _ROUNDING, probabilities, -np.inf)
    issues = []
    for place, label in enumerate(given):
        likely = int(confident[place].argmax())
        if np.isfinite(confident[place, likely]) and likely != label:
            margin = float(probabilities[place, likely] - probabilities[place, label])
            issues.append(LabelIssue(place, likely, margin))
    return sorted(issues, key=lambda issue: -issue.margin)
