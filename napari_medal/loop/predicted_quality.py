"""Which predictions to distrust: another order than which case to label next."""

from dataclasses import dataclass

from napari_medal.core.case import CaseState, Split
from napari_medal.loop.auditing import LEVEL, ROUGH
from napari_medal.loop.comparable import is_in_force
from napari_medal.loop.counted import counted
from napari_medal.loop.quality_model import quality_model
from napari_medal.loop.rule_out import ruled_out
from napari_medal.loop.session import Session
from napari_medal.metrics.conformal import fewest_cases

_WAITING = (CaseState.NEW, CaseState.PREDICTED, CaseState.IN_PROGRESS, CaseState.ACCEPTED_IN_PART)


@dataclass(frozen=True)
class PredictedQuality:
    """How good the live model's prediction of a case probably is.

    Args:
        value: The figure to be expected, such as the Dice; of an error, the error.
        low: Lower end of the range that holds for about 90 % of cases like it; nan with fewer than nine audits.
        high: Its upper end; likewise nan.
        reliable: Whether at least 20 audits are behind it.
    """

    value: float
    low: float
    high: float
    reliable: bool

    def __str__(self) -> str:
        return f"{self.value:.2f}" if self.low != self.low else f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def predicted_quality(session: Session, task: str) -> dict[str, PredictedQuality]:
    """Return what is to be expected of each waiting case that the live model has predicted, the worst first.

    For a mask without any audit it is 1 less the uncertainty, as the model says it. For a class or a value, nothing is
    known before three audits.
    """
    project = session.project
    live = project.models.live(task)
    seen = {} if live is None else project.predictions.by(task, live.number)
    names = [name for name in _waiting(session, task) if name in seen and is_in_force(session, task, seen[name])]
    model = quality_model(session, task, project.audits.all(task))
    if not names or not model.is_known:
        return {}
    found = model.expect([1.0 - seen[name].score.uncertainty for name in names])
    has_range = len(model.points) >= fewest_cases(LEVEL)
    qualities = {}
    for place in found.values.argsort(kind="stable"):
        value, low, high = (float(part[place]) for part in (found.values, found.low, found.high))
        if model.is_error:
            value, low, high = -value, -high, -low
        if not has_range:
            low = high = float("nan")
        qualities[names[place]] = PredictedQuality(value, low, high, len(model.points) >= ROUGH)
    return qualities


def _waiting(session: Session, task: str) -> list[str]:
    """Return the cases that wait for a label, or for the rest of one, by name."""
    whole = {name for name, annotation in counted(session, task).items() if annotation.confirmed is None}
    away = whole | ruled_out(session, task).keys()
    return [
        case.name
        for case in session.project.cases.all()
        if case.state in _WAITING and case.split in (Split.UNDRAWN, Split.TRAINING) and case.name not in away
    ]
