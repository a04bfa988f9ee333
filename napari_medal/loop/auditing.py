"""How good the model is, by cases that were drawn at random and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from napari_medal.core.audit import Audit
from napari_medal.core.case import CaseState, Split
from napari_medal.core.evaluation import Interval
from napari_medal.loop.quality_model import AuditPoint, QualityModel, quality_model, summary
from napari_medal.loop.session import Session
from napari_medal.metrics.conformal import fewest_cases

LEVEL = 0.9
"""Share of new cases that a range holds for."""
ROUGH = 20
"""With fewer audits than this, ranges and intervals are called rough."""
_LAST = 20
_BAND = 41
_GONE = (CaseState.SKIPPED, CaseState.REJECTED, CaseState.BROKEN, CaseState.NEEDS_SECOND_LOOK)


@dataclass(frozen=True)
class AuditedFigure:
    """The task's primary metric over audits.

    Args:
        metric: Its name.
        interval: Its value with the 95 % interval.
        audits: How many it rests on.
        models: The versions that were measured.
    """

    metric: str
    interval: Interval
    audits: int
    models: tuple[int, ...]

    def __str__(self) -> str:
        versions = ", ".join(f"v{number}" for number in self.models)
        cases = f"{self.audits} random case{'' if self.audits == 1 else 's'}"
        rough = "" if self.audits >= ROUGH else ", rough with so few" if self.audits > 2 else ", too few to rely on"
        return f"{self.metric.replace('_', ' ')} {self.interval} on {cases} ({versions}){rough}"


@dataclass(frozen=True)
class BandPoint:
    """What is to be expected where the model says `said` of itself; limits are nan with too few audits."""

    said: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class AuditReport:
    """What the audits of a task tell.

    Args:
        every: Every how many cases one is drawn; 0 for never.
        drawn: Audits drawn so far.
        measured: Of them, those with figures.
        waiting: Those that wait for a reader still.
        put_away: Those that were skipped, rejected or set aside: what they would have shown is not known.
        without_prediction: Those that were labelled, but with no prediction to compare.
        compared: What the figure of one case is: "Dice".
        live: The live model's figure; None before it has been measured.
        recent: The figure over the last 20 audits of whatever version; None before any.
        error_as_said: By how much 1 less the uncertainty misses the figure of a case, where it is one itself.
        error_as_mapped: The same after it was fitted to the audits, each left out in turn.
        order: Rank correlation of what the model says of itself and how good it is.
        points: The audits that ranges rest on.
        band: The map, for a plot.
    """

    every: int
    drawn: int
    measured: int
    waiting: int
    put_away: int
    without_prediction: int
    compared: str
    live: AuditedFigure | None
    recent: AuditedFigure | None
    error_as_said: float | None
    error_as_mapped: float | None
    order: Interval | None
    points: tuple[AuditPoint, ...]
    band: tuple[BandPoint, ...]

    def sentences(self) -> tuple[str, ...]:
        """Say it in plain words."""
        return (*self._counts_in_words(), *self._figures_in_words(), *self._quality_in_words())

    def _counts_in_words(self) -> tuple[str, ...]:
        if not self.drawn:
            when = "Audits are switched off" if self.every == 0 else "No case has been drawn at random yet"
            return (f"{when}: how good the model is on cases like those that wait is not known.",)
        text = f"{self.drawn} drawn at random, {self.measured} measured, {self.waiting} waiting"
        if self.without_prediction:
            text += f", {self.without_prediction} without a prediction"
        if not self.put_away:
            return (f"{text}.",)
        what = "it was" if self.put_away == 1 else "they were"
        return (f"{text}; {self.put_away} put away unread: if {what} hard, the figures are too good.",)

    def _figures_in_words(self) -> tuple[str, ...]:
        said = []
        if self.live is not None:
            said.append(f"Live model: {self.live}.")
        if self.recent is not None and (self.live is None or self.recent.models != self.live.models):
            said.append(f"Whatever version, the last: {self.recent}.")
        return tuple(said)

    def _quality_in_words(self) -> tuple[str, ...]:
        count, needed = len(self.points), fewest_cases(LEVEL)
        said = []
        if self.error_as_mapped is not None:
            before = "" if self.error_as_said is None else f"{self.error_as_said:.3f} as the model says it, "
            said.append(f"Predicted {self.compared} misses by {before}{self.error_as_mapped:.3f} after the fit.")
        if self.order is not None:
            said.append(f"Rank correlation of predicted and true: {self.order}.")
        if count < needed and self.drawn:
            said.append(f"A range for {LEVEL:.0%} of the cases needs at least {needed} audits; there are {count}.")
        elif count >= needed:
            rough = f"; with {count} audits they are rough" if count < ROUGH else ""
            said.append(
                f"Ranges hold for about {LEVEL:.0%} of cases like the audits, which were drawn at random{rough}."
            )
        return tuple(said)


def audit_report(session: Session, task: str) -> AuditReport:
    """Sum up what the audits of a task tell; nothing that was chosen by a score has a part in it."""
    audits = session.project.audits.all(task)
    live = session.project.models.live(task)
    measured = [audit for audit in audits if audit.figures is not None]
    of_live = [audit for audit in measured if live is not None and audit.model == live.number]
    gone = _gone(session)
    unanswered = [audit for audit in audits if not audit.is_answered]
    put_away = sum(1 for audit in unanswered if audit.case in gone)
    model = quality_model(session, task, audits)
    return AuditReport(
        every=session.project.task_settings(task).audit_every,
        drawn=len(audits),
        measured=len(measured),
        waiting=len(unanswered) - put_away,
        put_away=put_away,
        without_prediction=len(audits) - len(unanswered) - len(measured),
        compared=summary(session, task, ()).compared,
        live=_figure(session, task, of_live),
        recent=_figure(session, task, measured[-_LAST:]),
        error_as_said=model.error_as_said(),
        error_as_mapped=model.error_as_mapped(),
        order=model.order(),
        points=model.points,
        band=_band(model),
    )


def _figure(session: Session, task: str, audits: Sequence[Audit]) -> AuditedFigure | None:
    if not audits:
        return None
    evaluation = summary(session, task, audits)
    models = sorted({audit.model for audit in audits if audit.model is not None})
    return AuditedFigure(evaluation.primary, evaluation.metrics[evaluation.primary], len(audits), tuple(models))


def _gone(session: Session) -> set[str]:
    """Return the cases that no reader is asked about any more."""
    return {case.name for case in session.project.cases.all() if case.state in _GONE or case.split is Split.VALIDATION}


def _band(model: QualityModel) -> tuple[BandPoint, ...]:
    """Draw the map over what was said, and a little beyond."""
    if not model.points:
        return ()
    said = model.said
    margin = 0.1 * max(float(np.ptp(said)), 0.1)
    places = np.linspace(max(0.0, said.min() - margin), min(1.0, said.max() + margin), _BAND)
    found = model.expect(places.tolist())
    has_range = len(model.points) >= fewest_cases(LEVEL)
    return tuple(
        BandPoint(float(x), float(y), float(low) if has_range else np.nan, float(high) if has_range else np.nan)
        for x, y, low, high in zip(places, found.values, found.low, found.high, strict=True)
    )
