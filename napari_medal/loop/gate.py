"""Whether a new model version may serve."""

from dataclasses import dataclass

from napari_medal.core.evaluation import Evaluation
from napari_medal.metrics.paired import paired_test

_FEW = 3
_TOLERANCE_FOR_FEW = 0.01
_WORSE = 0.16
"""One-sided level at which "worse" is believed: about one standard error, stricter than the usual 5 % because the
live model costs nothing to keep."""


@dataclass(frozen=True)
class Verdict:
    """Whether the version goes live, and why, in words."""

    goes_live: bool
    reason: str


def decide(new: Evaluation | None, live: Evaluation | None) -> Verdict:
    """Compare a new version with the live one on the same frozen validation cases.

    It stays a candidate when it is worse: a mean paired difference below zero that an exact sign-flip test does not
    put down to chance, or, with fewer than three cases, one of more than 0.01.
    """
    if new is None:
        return Verdict(True, "Goes live untested: no labelled subject is in the validation set yet.")
    figure = f"{new.primary} {new.metrics[new.primary].value:.3f}"
    cases = len(new.per_case)
    on = f"on {cases} validation case{'s' if cases > 1 else ''}"
    if live is None:
        return Verdict(True, f"The first model goes live: {figure} {on}.")
    test = paired_test(new.per_case, live.per_case)
    before = live.metrics[live.primary].value
    compared = f"{figure} {on}, {before:.3f} before (mean paired difference {test.mean_difference:+.3f}"
    if cases < _FEW:
        worse = test.mean_difference < -_TOLERANCE_FOR_FEW
        compared += ", too few cases for a test)"
    else:
        worse = test.mean_difference < 0 and test.p_worse < _WORSE
        compared += f", p(worse) = {test.p_worse:.2f})"
    if worse:
        return Verdict(False, f"Stays a candidate, being worse: {compared}.")
    return Verdict(True, f"Goes live, being no worse: {compared}.")
