"""Cases of the project that a label may still come to from outside."""

from collections.abc import Iterable

from napari_medal.core.case import CaseState
from napari_medal.loop.incoming import Incoming
from napari_medal.loop.session import Session

_OPEN = (CaseState.NEW, CaseState.PREDICTED, CaseState.IN_PROGRESS)


def awaiting_labels(session: Session, cases: Iterable[Incoming]) -> dict[str, tuple[Incoming, ...]]:
    """Return by task the cases that nobody has answered, drawn on or put aside; those of a person stay as they are.

    Args:
        session: The session.
        cases: Some of the project, as they were found again.
    """
    project = session.project
    is_open = {case.name for case in project.cases.all() if case.state in _OPEN}
    found = {}
    for task in project.settings.tasks:
        answered = project.annotations.latest(task)
        found[task] = tuple(
            case
            for case in cases
            if case.name in is_open and case.name not in answered and not project.journals.has_work(case.name, task)
        )
    return found
