"""What a task asks for, changed while labelling is under way."""

from collections.abc import Iterable

import numpy as np

from napari_medal.core.explained import Explained
from napari_medal.core.measure import Measure
from napari_medal.core.offered_choices import Offer, OfferedChoices
from napari_medal.core.strategy import Strategy
from napari_medal.core.target import Target
from napari_medal.core.task_choices import TaskChoices
from napari_medal.errors import SettingsError
from napari_medal.loop.counted import counted
from napari_medal.loop.session import Session
from napari_medal.loop.verification import unverified


def offered_choices(session: Session, task: str) -> OfferedChoices:
    """Say what a task asks for, and what it might ask for with what is installed.

    Raises:
        SettingsError: The project has no such task.
    """
    name = session.project.task(task)
    now = session.project.settings.choices(name)
    labels = counted(session, name)
    target = session.task(name).target
    measures = [found for found in session.extensions.measures.working().values() if _fits(found, target)]
    return OfferedChoices(
        task=name,
        now=now,
        strategies=_offers(session.extensions.strategies.working().values(), now.strategy),
        measures=_offers(measures, now.measure),
        labels=len(labels),
        verified=sum(label.verified is not None for label in labels.values()),
        unverified=len(unverified(session, labels)),
        has_model=session.project.models.live(name) is not None,
    )


def choose(session: Session, task: str, chosen: TaskChoices) -> None:
    """Let a task ask for this from now on; kept in medal.toml, whose comments and order stay.

    No label, verdict, prediction or draw of an audit is changed by it:

    - Labels that are there await a second reader as soon as the task has one, whoever accepted them, and await nobody
      when it has none any more. What was verified stays verified, for exports and for a task that learns from that
      alone.
    - Scores by two measures cannot be compared, so the live model has to predict anew (`OfferedChoices.rescores`);
      until then the scores before count, and what audits found of those by one measure is not held against the other.
    - An audit that was drawn and not labelled yet goes back to its place by the strategy when audits end, and comes to
      the front when they begin again.

    Raises:
        SettingsError: The project has no such task, the measure says nothing of its answers, or the file is not valid
            any more.
        ExtensionError: A strategy or a measure is not installed, or cannot be loaded; the message names those that are.
    """
    name = session.project.task(task)
    now = session.project.settings.choices(name)
    if chosen.strategy != now.strategy:
        session.extensions.strategies.get(chosen.strategy)
    if chosen.measure != now.measure:
        _refuse_unfit(session, name, chosen.measure)
        session.project.predictions.note_measure(name, now.measure)
    session.project.settings_file.set_choices(name, chosen)


def _refuse_unfit(session: Session, task: str, measure: str) -> None:
    target = session.task(task).target
    if not _fits(session.extensions.measures.get(measure), target):
        fitting = [name for name, found in session.extensions.measures.working().items() if _fits(found, target)]
        msg = (
            f"The task '{task}' asks for a number, of which the measure '{measure}' tells nothing; "
            f"wanted one of {', '.join(fitting) or 'none that is installed'}."
        )
        raise SettingsError(msg)


def _fits(measure: Measure, target: Target) -> bool:
    """Tell whether a measure tells something of a target's answers.

    All do of classes, as `check_measure` sees to; most of numbers, which have no classes, say 0 however far the
    members lie apart.
    """
    return target is not Target.VALUE or float(measure.map(np.array([[0.0], [1.0]], dtype=np.float32))) > 0.0


def _offers(working: Iterable[Strategy | Measure], now: str) -> tuple[Offer, ...]:
    """Describe what may be chosen, and what is chosen even if it cannot be loaded."""
    found = [Offer(one.name, one.title, one.explained if isinstance(one, Explained) else "") for one in working]
    if now not in [offer.name for offer in found]:
        found.append(
            Offer(now, now, "It is chosen, and does not fit or cannot be loaded; napari-medal doctor says why.")
        )
    return tuple(found)
