"""Whether a new model version may serve."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from napari_medal.core.evaluation import Evaluation
from napari_medal.metrics.paired import PairedTest, paired_test

_FEW = 3
_MODEST = 10
"""With fewer cases than this, it is said how large a difference would have gone unnoticed."""
_WORSE = 0.16
"""One-sided level at which "worse" is believed: about one standard error, stricter than the usual 5 % because the
live model costs nothing to keep."""


@dataclass(frozen=True)
class Verdict:
    """Whether the version goes live, and why, in words."""

    goes_live: bool
    reason: str


def decide(new: Evaluation | None, live: Evaluation | None, subjects: Sequence[str] | None = None) -> Verdict:
    """Compare a new version with the live one on the same frozen validation cases, as a whole and label by label.

    It stays a candidate when it is worse: a mean paired difference below zero that an exact sign-flip test does not
    put down to chance, over all cases or for one label (those at a level that Holm's method divides among the labels:
    1979, Scand J Stat 6:65-70), or, with fewer than three cases, one of more than the tolerance over all.
    Of an error the difference is told with the error's own sign.

    Args:
        new: The new version; None without a validation set.
        live: The live one; None without one.
        subjects: Whose case each is, by default each another's; the cases of one subject count once, with their mean.
    """
    if new is None:
        return Verdict(True, "Goes live untested: no labelled subject is in the validation set yet.")
    figure = f"{new.primary} {new.metrics[new.primary].value:.3f}"
    on = _cases_in_words(len(new.per_case), subjects)
    if live is None:
        return Verdict(True, f"The first model goes live: {figure} {on}.")
    test = paired_test(_by_subject(new.per_case, subjects), _by_subject(live.per_case, subjects))
    labels = _label_tests(new, live, subjects)
    worse = _worse_labels(labels)
    before = live.metrics[live.primary].value
    compared = f"{figure} {on}, {before:.3f} before ({_in_words(test, new)})"
    unit = "cases" if subjects is None or len(set(subjects)) == len(subjects) else "subjects"
    of_labels = "".join(f"; {name}: {_label_in_words(labels[name], new, unit)}" for name in worse)
    if _is_worse(test, new.tolerance) or worse:
        return Verdict(False, f"Stays a candidate, being worse: {compared}{of_labels}.")
    return Verdict(True, f"Goes live, being no worse: {compared}{_unnoticed(test, new)}.")


def _is_worse(test: PairedTest, tolerance: float) -> bool:
    if test.pairs < _FEW:
        return test.mean_difference < -tolerance
    return test.mean_difference < 0 and test.p_worse < _WORSE


def _label_tests(new: Evaluation, live: Evaluation, subjects: Sequence[str] | None) -> dict[str, PairedTest]:
    """Compare each label that both versions were judged on; a single label is the whole."""
    names = [name for name in new.per_label if name in live.per_label]
    if len(names) < 2:
        return {}
    return {
        name: paired_test(_by_subject(new.per_label[name], subjects), _by_subject(live.per_label[name], subjects))
        for name in names
    }


def _worse_labels(tests: Mapping[str, PairedTest]) -> list[str]:
    """Return the labels that are worse by Holm's method, the clearest first; too few cases are never enough."""
    judged = sorted((name for name, test in tests.items() if test.pairs >= _FEW), key=lambda name: tests[name].p_worse)
    worse = []
    for place, name in enumerate(judged):
        test = tests[name]
        if test.mean_difference >= 0 or test.p_worse >= _WORSE / (len(judged) - place):
            break
        worse.append(name)
    return worse


def _by_subject(values: Sequence[float], subjects: Sequence[str] | None) -> list[float]:
    """Return the mean of each subject's cases, those that are nan left out."""
    if subjects is None:
        return list(values)
    of: dict[str, list[float]] = {subject: [] for subject in subjects}
    for subject, value in zip(subjects, values, strict=True):
        if not math.isnan(value):
            of[subject].append(value)
    return [sum(found) / len(found) if found else math.nan for found in of.values()]


def _cases_in_words(cases: int, subjects: Sequence[str] | None) -> str:
    text = f"on {cases} validation case{'' if cases == 1 else 's'}"
    of = cases if subjects is None else len(set(subjects))
    return text if of == cases else f"{text} of {of} subject{'' if of == 1 else 's'}"


def _in_words(test: PairedTest, new: Evaluation) -> str:
    what = f" of the {new.compared}" if new.compared else ""
    difference = f"mean paired difference{what} {_sign(new) * test.mean_difference:+.3f}"
    if test.pairs < _FEW:
        return f"{difference}, too few cases for a test"
    return f"{difference}, {_limits(test, new)}, p(worse) = {test.p_worse:.2f}"


def _label_in_words(test: PairedTest, new: Evaluation, unit: str) -> str:
    what = f"{new.compared} " if new.compared else ""
    ours, theirs = _sign(new) * test.new, _sign(new) * test.old
    return f"{what}{ours:.3f} instead of {theirs:.3f} on {test.pairs} {unit}, {_limits(test, new)}"


def _limits(test: PairedTest, new: Evaluation) -> str:
    low, high = sorted((_sign(new) * test.difference.low, _sign(new) * test.difference.high))
    return f"95 % interval of the difference {low:+.3f} to {high:+.3f}"


def _sign(evaluation: Evaluation) -> float:
    """Return what turns the numbers that are compared, of which more is better, into those that are told."""
    return -1.0 if evaluation.is_error else 1.0


def _unnoticed(test: PairedTest, new: Evaluation) -> str:
    """Say honestly what few cases cannot tell."""
    if test.pairs >= _MODEST or test.pairs < _FEW or test.difference.low > -new.tolerance:
        return ""
    what = "an error larger by" if new.is_error else "a loss of"
    return f"; with so few cases {what} up to {-test.difference.low:.2f} could have gone unnoticed"
