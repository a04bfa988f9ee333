"""Which cases are drawn at random to measure the model, and where they stand in the ranking."""

from collections.abc import Sequence

from napari_medal.acquisition.draw import draw
from napari_medal.core.strategy import Ranked
from napari_medal.loop.session import Session

_STREAM = 7
"""Of random numbers, none of a strategy's."""


def with_audits(
    session: Session, task: str, ranked: Sequence[Ranked], labelled: int, seed: int, within: int = 1
) -> list[Ranked]:
    """Put audits into a ranking, and draw those that are due.

    Every `audit_every`-th label of the task belongs to an audit. Its case is drawn from all that wait, each as likely
    as another, when its place comes to the front, and it is written down at once: no later score, strategy or ranking
    changes the draw, and the case stays in front until it is labelled or put away. Without a live model there is
    nothing to measure, and nothing is drawn.

    Args:
        session: The session.
        task: The task.
        ranked: The waiting cases in their order.
        labelled: Cases that are labelled whole.
        seed: Repeats the draws: each follows from it, the audit's number and the cases that wait.
        within: Draws are due in so many first places: as many as are read before the order is made anew.
    """
    every = session.project.task_settings(task).audit_every
    if every == 0 or not ranked or session.project.models.live(task) is None:
        return list(ranked)
    waiting = sorted(entry.case for entry in ranked)
    drawn = session.project.audits.all(task)
    open_cases = [audit.case for audit in drawn if not audit.is_answered and audit.case in waiting]
    audits = dict(enumerate(dict.fromkeys(open_cases)))
    number = len(drawn)
    for place in _due(labelled, every, min(within, len(ranked))):
        if place not in audits:
            names = [name for name in waiting if name not in audits.values()]
            number += 1
            lots = {name: draw(name, seed, _STREAM, number) for name in names}
            case = min(lots, key=lots.__getitem__)
            audits[place] = session.project.audits.add(task, number, case, len(names)).case
    return _merged(ranked, audits, _reason(every))


def _due(labelled: int, every: int, within: int) -> list[int]:
    """Return the places, from 0, whose label would be a multiple of `every`."""
    return [place for place in range(within) if (labelled + place + 1) % every == 0]


def _merged(ranked: Sequence[Ranked], audits: dict[int, str], reason: str) -> list[Ranked]:
    """Put the audits into their places; each takes the priority of the case that it follows."""
    scored = iter([entry for entry in ranked if entry.case not in audits.values()])
    merged: list[Ranked] = []
    for place in range(len(ranked)):
        if place in audits:
            priority = merged[-1].priority if merged else ranked[0].priority
            merged.append(Ranked(audits[place], priority, reason, is_audit=True))
        else:
            merged.append(next(scored))
    return merged


def _reason(every: int) -> str:
    which = {1: "every", 2: "every second", 3: "every third"}.get(every, f"every {every}th")
    return f"drawn at random, to measure the model: {which} case is"
