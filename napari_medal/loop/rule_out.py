"""Cases that the model holds for negative, and how many it would miss."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState, Split
from napari_medal.core.evaluation import Interval
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import Target
from napari_medal.loop.counted import counted
from napari_medal.loop.session import Session
from napari_medal.metrics.proportion import proportion_interval

if TYPE_CHECKING:
    from napari_medal.loop.judging import Answer

_UNTOUCHED = (CaseState.NEW, CaseState.PREDICTED)
_DEFAULT_ML = 0.1
_DEFAULT_PROBABILITY = 0.05
_TELLING = 0.1
"""A validation set tells something if, with nothing missed, its interval would end below this: 36 positive cases."""


@dataclass(frozen=True)
class MissRate:
    """How many positive cases a threshold would have ruled out of the validation set.

    Args:
        missed: Positive cases under the threshold.
        positives: Positive cases.
        cases: Validation cases that were labelled whole, and predicted by the live model.
        rate: Missed of positives, with its exact interval (Clopper and Pearson 1934); None without a positive case.
    """

    missed: int
    positives: int
    cases: int
    rate: Interval | None

    def __str__(self) -> str:
        if self.rate is None:
            return f"share missed unknown: no positive case among {self.cases} in the validation set"
        figure = (
            f"would miss {self.missed} of {self.positives} positive validation cases "
            f"({self.rate.value:.0%}, 95 % interval {self.rate.low:.0%} to {self.rate.high:.0%})"
        )
        return figure if self.is_telling else f"{figure}, too few to rely on"

    @property
    def is_telling(self) -> bool:
        """Whether there are enough positive cases for the figure to mean anything."""
        return self.positives > 0 and proportion_interval(0, self.positives).high < _TELLING


def positive_values(session: Session, task: str) -> tuple[int, ...]:
    """Return the label values looked for: those named in medal.toml; else all of a mask, all classes but the first."""
    scheme = session.scheme(task)
    named = session.project.task_settings(task).rule_out.positive
    if named:
        return tuple(scheme.by_name(name).value for name in named)
    return scheme.values if session.task(task).target is Target.MASK else scheme.values[1:]


def threshold(session: Session, task: str) -> float:
    """Return what a case that is ruled out stays under: millilitres, or a probability."""
    wanted = session.project.task_settings(task).rule_out.threshold
    if wanted is not None:
        return wanted
    return _DEFAULT_ML if session.task(task).target is Target.MASK else _DEFAULT_PROBABILITY


def predicted_amount(session: Session, task: str, answer: "Answer") -> float | None:
    """Return how much of what is looked for a prediction shows: millilitres of a mask, or a class's probability.

    A number for the case shows nothing that could be ruled out: None.
    """
    if answer.prediction.value is not None:
        return None
    values = positive_values(session, task)
    mask = answer.prediction.mask
    if mask is None:
        indices = [session.scheme(task).values.index(value) for value in values]
        return float(answer.prediction.probabilities[indices].sum())
    z, y, x = answer.grid.spacing_mm
    voxels = sum(int((mask == value).sum()) for value in values)
    return voxels * z * y * x / 1000.0


def ruled_out(session: Session, task: str) -> dict[str, str]:
    """Return the untouched cases that the live model holds for negative, each with the reason in words.

    There are none unless the task is read that way. A case that a reader has begun, or that was predicted before there
    were amounts, is not ruled out.
    """
    project = session.project
    live = project.models.live(task)
    if live is None or project.task_settings(task).reading is not ReadingMode.RULE_OUT:
        return {}
    limit = threshold(session, task)
    seen = project.predictions.by(task, live.number)
    amounts = {
        case.name: seen[case.name].amount
        for case in project.cases.all()
        if case.name in seen and case.state in _UNTOUCHED and case.split in (Split.UNDRAWN, Split.TRAINING)
    }
    found = {name: amount for name, amount in amounts.items() if amount is not None and amount < limit}
    if not found:
        return {}
    figure = miss_rate(session, task)
    is_mask = session.task(task).target is Target.MASK
    return {
        name: f"ruled out: {_in_words(amount, is_mask)} predicted, under {_in_words(limit, is_mask)}; {figure}"
        for name, amount in found.items()
    }


def miss_rate(session: Session, task: str) -> MissRate:
    """Estimate from the validation set which share of the positive cases would be ruled out."""
    project = session.project
    live = project.models.live(task)
    seen = {} if live is None else project.predictions.by(task, live.number)
    validation = {case.name for case in project.cases.all() if case.split is Split.VALIDATION}
    amounts: list[tuple[float, bool]] = []
    for name, annotation in counted(session, task).items():
        amount = seen[name].amount if name in seen else None
        if name in validation and annotation.confirmed is None and amount is not None:
            amounts.append((amount, _is_positive(session, task, annotation)))
    limit = threshold(session, task)
    positives = [amount for amount, is_positive in amounts if is_positive]
    missed = sum(1 for amount in positives if amount < limit)
    rate = proportion_interval(missed, len(positives)) if positives else None
    return MissRate(missed, len(positives), len(amounts), rate)


def _is_positive(session: Session, task: str, annotation: Annotation) -> bool:
    """Tell whether a label holds what is looked for; masks kept by older versions are read for it."""
    values = set(positive_values(session, task))
    if annotation.class_value is not None:
        return annotation.class_value in values
    if annotation.labels is not None:
        return not values.isdisjoint(annotation.labels)
    if annotation.mask is None:
        return False
    array = session.files.read(annotation.mask)[0].array
    return any(bool((array == value).any()) for value in values)


def _in_words(amount: float, is_mask: bool) -> str:
    return f"{amount:.2g} mL" if is_mask else f"probability {amount:.2g}"
