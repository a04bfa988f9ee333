"""Whether more labels are worth it."""

from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.evaluation import Evaluation, Interval
from napari_medal.loop.session import Session
from napari_medal.metrics.learning_curve import FEWEST, LearningCurve, fit_learning_curve

_BATCH = 4
"""Labels of a round where the project retrains only when asked."""
_LOOKED_AT = 3
"""Versions that must all have brought nothing."""
_AHEAD = 2.0
_DRAWN = 41
_SMALLEST_TOLD = 0.0005
_TWO_SIDES = 2 * 1.959964


@dataclass(frozen=True)
class VersionPoint:
    """A model version's figure on the validation set; an error is told as such.

    Args:
        model: Its number.
        labels: Labels that it was trained on.
        figure: With the 95 % interval.
    """

    model: int
    labels: int
    figure: Interval


@dataclass(frozen=True)
class ExpectedFigure:
    """The figure that the curve expects with so many labels."""

    labels: float
    figure: Interval


@dataclass(frozen=True)
class Outlook:
    """How the figure has grown, and what is to be expected.

    Args:
        metric: The task's primary metric.
        is_error: Whether less of it is better.
        points: The versions, oldest first, held-back ones included.
        limit: What the figure tends to with ever more labels; None with too few versions.
        expected: The curve, from the first version to twice the labels of the last.
        batch: Labels of the next round.
        gain: What the next round would bring, never less than nothing; None with too few versions.
        is_stalled: Whether none of the last three versions has gained more than its own standard error over the best
            before it.
        advice: What to do about it, in plain words.
    """

    metric: str
    is_error: bool
    points: tuple[VersionPoint, ...]
    limit: Interval | None
    expected: tuple[ExpectedFigure, ...]
    batch: int
    gain: Interval | None
    is_stalled: bool
    advice: str


def outlook(session: Session, task: str) -> Outlook:
    """Fit a curve to the versions' figures on the validation set, and say what another round would bring."""
    meaning = session.task(task).summarise((), session.scheme(task))
    versions = [version for version in session.project.models.all(task) if meaning.primary in version.metrics]
    points = tuple(_point(version, meaning.primary) for version in versions)
    batch = session.project.settings.training.retrain_after or _BATCH
    sign = -1.0 if meaning.is_error else 1.0
    curve = fit_learning_curve(
        [point.labels for point in points],
        [sign * point.figure.value for point in points],
        [_error(point) for point in points],
        ceiling=0.0 if meaning.is_error else 1.0,
    )
    gain = None if curve is None else curve.gain(max(point.labels for point in points), batch)
    is_stalled = _is_stalled(points, sign)
    return Outlook(
        metric=meaning.primary,
        is_error=meaning.is_error,
        points=points,
        limit=None if curve is None else _told(curve.limit, sign),
        expected=() if curve is None else _drawn(curve, points, sign),
        batch=batch,
        gain=gain,
        is_stalled=is_stalled,
        advice=_advice(meaning, points, batch, gain, is_stalled),
    )


def _point(version: ModelVersion, metric: str) -> VersionPoint:
    return VersionPoint(version.number, len(version.annotations), version.metrics[metric])


def _error(point: VersionPoint) -> float:
    """Return the standard error that an interval stands for."""
    return (point.figure.high - point.figure.low) / _TWO_SIDES


def _told(figure: Interval, sign: float) -> Interval:
    low, high = sorted((sign * figure.low, sign * figure.high))
    return Interval(sign * figure.value, low, high)


def _drawn(curve: LearningCurve, points: Sequence[VersionPoint], sign: float) -> tuple[ExpectedFigure, ...]:
    first, last = min(point.labels for point in points), _AHEAD * max(point.labels for point in points)
    places = [first + (last - first) * step / (_DRAWN - 1) for step in range(_DRAWN)]
    return tuple(ExpectedFigure(labels, _told(curve.at(labels), sign)) for labels in places)


def _is_stalled(points: Sequence[VersionPoint], sign: float) -> bool:
    if len(points) <= _LOOKED_AT:
        return False
    figures = [sign * point.figure.value for point in points]
    return all(
        figures[place] - max(figures[:place]) <= _error(points[place])
        for place in range(len(points) - _LOOKED_AT, len(points))
    )


def _advice(
    meaning: Evaluation, points: Sequence[VersionPoint], batch: int, gain: Interval | None, is_stalled: bool
) -> str:
    stalled = "The last three rounds changed nothing beyond chance. " if is_stalled else ""
    if gain is None:
        found = len({point.labels for point in points})
        return (
            f"{stalled}Too early to tell: it takes {FEWEST} model versions, trained on different numbers of labels and "
            f"judged on a validation set; there {'is' if found == 1 else 'are'} {found}."
        )
    if gain.high < meaning.tolerance:
        verdict = "Stopping costs little"
    elif gain.value >= meaning.tolerance:
        verdict = "Going on probably pays"
    else:
        verdict = "Hard to tell whether to go on"
    does = "lower" if meaning.is_error else "gain"
    amount = str(gain) if gain.high >= _SMALLEST_TOLD else "less than 0.001"
    what = f"{does} the {_name(meaning)} by {amount}" if meaning.is_error else f"{does} {amount} {_name(meaning)}"
    return f"{stalled}{verdict}: {batch} more label{'' if batch == 1 else 's'} would probably {what}."


def _name(meaning: Evaluation) -> str:
    return meaning.primary.replace("_", " ")
