"""Statistics over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from benchmarks.active_learning.course import Course
from napari_medal.core.evaluation import Interval
from napari_medal.metrics.aubc import aubc
from napari_medal.metrics.holm import holm
from napari_medal.metrics.paired import paired_test
from napari_medal.metrics.sign_flip import sign_flip

Values = npt.NDArray[np.float64]

NOT_INFERIOR = 0.01
"""An area under the budget curve that is lower by less than this is as good."""
_RESAMPLES = 2000


@dataclass(frozen=True)
class Contrast:
    """An arm against the baseline, over paired seeds.

    Args:
        seeds: How many seeds both have.
        labels: Difference of the areas under figure against labels.
        p: Of that, by the exact sign-flip test.
        adjusted: The same, adjusted by Holm's method over all contrasts of the set.
        minutes: Difference of the areas under figure against minutes, up to what the baseline took.
        final: Difference of the last figures.
        not_inferior: Whether the area is not lower by more than the margin: lower end of the one-sided 95 % interval.
    """

    seeds: int
    labels: Interval
    p: float
    adjusted: float
    minutes: Interval
    final: Interval
    not_inferior: bool

    @property
    def verdict(self) -> str:
        """Better or worse where the 95 % interval by labels excludes zero."""
        return _verdict(self.labels)

    @property
    def verdict_by_minutes(self) -> str:
        """The same by minutes."""
        return _verdict(self.minutes)


def contrasts(arms: dict[str, dict[int, Course]], baseline: str) -> dict[str, Contrast]:
    """Compare every arm with the baseline on the seeds that both have; two at least."""
    against = arms[baseline]
    found = {}
    for name, courses in arms.items():
        seeds = sorted(courses.keys() & against.keys())
        if name != baseline and len(seeds) > 1:
            found[name] = (seeds, _areas(courses, against, seeds), _areas(against, against, seeds))
    p_values = {name: sign_flip(ours[0] - theirs[0]) for name, (_, ours, theirs) in found.items()}
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return {
        name: Contrast(
            seeds=len(seeds),
            labels=paired_test(ours[0], theirs[0]).difference,
            p=p_values[name],
            adjusted=adjusted[name],
            minutes=paired_test(ours[1], theirs[1]).difference,
            final=paired_test(ours[2], theirs[2]).difference,
            not_inferior=_lower_end(ours[0] - theirs[0]) > -NOT_INFERIOR,
        )
        for name, (seeds, ours, theirs) in found.items()
    }


def reached(courses: Sequence[Course], figure: float, by_minutes: bool) -> float:
    """Return how many labels or minutes the mean curve takes to a figure; inf where it never gets there.

    The mean over the seeds is made monotonous first (isotonic regression), and interpolated between rounds.
    """
    from sklearn.isotonic import IsotonicRegression

    rounds = min(len(course.rounds) for course in courses)
    spent = np.mean([[_spent(row, by_minutes) for row in course.rounds[:rounds]] for course in courses], axis=0)
    figures = np.mean([[row.figure for row in course.rounds[:rounds]] for course in courses], axis=0)
    smooth = IsotonicRegression().fit_transform(np.arange(rounds), figures)
    if smooth[-1] < figure:
        return float("inf")
    place = int(np.argmax(smooth >= figure))
    if place == 0:
        return float(spent[0])
    share = (figure - smooth[place - 1]) / (smooth[place] - smooth[place - 1])
    return float(spent[place - 1] + share * (spent[place] - spent[place - 1]))


def ratio(ours: dict[int, Course], theirs: dict[int, Course], figure: float) -> Interval:
    """Return what part of the baseline's minutes an arm takes to a figure, with a bootstrap interval over the seeds.

    nan where the baseline never gets there; an arm that does not counts as infinitely slow.
    """
    seeds = sorted(ours.keys() & theirs.keys())
    value = _ratio([ours[seed] for seed in seeds], [theirs[seed] for seed in seeds], figure)
    random = np.random.default_rng(0)
    draws = []
    for _ in range(_RESAMPLES):
        drawn = random.choice(seeds, len(seeds))
        draws.append(_ratio([ours[seed] for seed in drawn], [theirs[seed] for seed in drawn], figure))
    known = np.array([draw for draw in draws if not np.isnan(draw)])
    if not known.size:
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(known, (0.025, 0.975), method="nearest")
    return Interval(value, float(low), float(high))


def _ratio(ours: Sequence[Course], theirs: Sequence[Course], figure: float) -> float:
    before = reached(theirs, figure, by_minutes=True)
    if not np.isfinite(before) or before <= 0.0:
        return float("nan")
    return reached(ours, figure, by_minutes=True) / before


def _areas(courses: dict[int, Course], against: dict[int, Course], seeds: Sequence[int]) -> tuple[Values, ...]:
    """Return by seed the areas against labels and minutes, up to where the baseline ends, and the last figures."""
    labels, minutes, final = [], [], []
    for seed in seeds:
        rounds, last = courses[seed].rounds, against[seed].rounds[-1]
        figures = [row.figure for row in rounds]
        labels.append(aubc([_spent(row, by_minutes=False) for row in rounds], figures, last.labels))
        minutes.append(aubc([row.minutes for row in rounds], figures, last.minutes))
        final.append(figures[-1])
    return np.array(labels), np.array(minutes), np.array(final)


def _spent(row: object, by_minutes: bool) -> float:
    return float(getattr(row, "minutes" if by_minutes else "labels"))


def _lower_end(differences: Values) -> float:
    """Return the lower end of the one-sided 95 % interval of the mean, by Student's t."""
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return float(differences.mean() - stdtrit(len(differences) - 1, 0.95) * error)


def _verdict(difference: Interval) -> str:
    if difference.low > 0.0:
        return "better"
    return "worse" if difference.high < 0.0 else "inconclusive"
