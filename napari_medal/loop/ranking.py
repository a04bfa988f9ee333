"""The work list: which case next, and why."""

from dataclasses import dataclass

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Candidate, Pool, Ranked
from napari_medal.loop.session import Session

_WAITING = (CaseState.NEW, CaseState.PREDICTED, CaseState.IN_PROGRESS)
_AFTER_THE_RANKED = {CaseState.SKIPPED: 1, CaseState.ACCEPTED: 2, CaseState.BROKEN: 3}


@dataclass(frozen=True)
class WorkItem:
    """A line of the work list.

    Args:
        rank: Place among the cases that wait for a label, from 1; None for the others.
        case: The case.
        score: What the live model's uncertainty is, if it has seen the case.
        reason: Why the case stands where it stands.
        overview: The live model's answer in a few words.
        reader: Who gave the last annotation; "" without one.
    """

    rank: int | None
    case: Case
    score: CaseScore | None
    reason: str
    overview: str
    reader: str


def rank(session: Session, task: str, strategy: str | None = None, seed: int | None = None) -> list[Ranked]:
    """Order the cases that wait for a label, the most valuable first.

    Args:
        session: The session.
        task: The task.
        strategy: Another strategy than the project's own, by name.
        seed: Another seed than the project's own.
    """
    settings = session.project.settings
    annotations = session.project.annotations.current(task)
    cases = session.project.cases.all()
    waiting = [case for case in cases if _waits(case) and case.name not in annotations]
    labelled = sum(1 for case in cases if case.name in annotations and case.split is not Split.VALIDATION)
    live = session.project.models.live(task)
    seen = {} if live is None else session.project.predictions.by(task, live.number)
    candidates = [Candidate(case.name, seen[case.name].score if case.name in seen else None) for case in waiting]
    chosen = session.extensions.strategies.get(strategy or session.project.task_settings(task).strategy)
    return chosen.rank(Pool(candidates, labelled, settings.training.seed if seed is None else seed))


def work_list(session: Session, task: str) -> list[WorkItem]:
    """Return every case: the ranked ones first, then reopened, skipped, accepted and broken ones."""
    cases = {case.name: case for case in session.project.cases.all()}
    annotations = session.project.annotations.current(task)
    live = session.project.models.live(task)
    seen = {} if live is None else session.project.predictions.by(task, live.number)

    def item(name: str, place: int | None, reason: str) -> WorkItem:
        return WorkItem(
            rank=place,
            case=cases[name],
            score=seen[name].score if name in seen else None,
            reason=reason,
            overview=seen[name].overview if name in seen else "",
            reader=annotations[name].reader if name in annotations else "",
        )

    ranked = rank(session, task)
    head = [item(entry.case, place, entry.reason) for place, entry in enumerate(ranked, start=1)]
    rest = sorted(cases.keys() - {entry.case for entry in ranked})
    rest.sort(key=lambda name: _AFTER_THE_RANKED.get(cases[name].state, 0))
    return head + [item(name, None, _why_not_ranked(cases[name])) for name in rest]


def _why_not_ranked(case: Case) -> str:
    """Say why a case has no place in the ranking, where its state does not."""
    if case.broken_reason:
        return case.broken_reason
    return {Split.TEST: "set aside for testing", Split.VALIDATION: "in the validation set"}.get(case.split, "")


def _waits(case: Case) -> bool:
    return case.state in _WAITING and case.split in (Split.UNDRAWN, Split.TRAINING)
