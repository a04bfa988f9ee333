"""The labels that count."""

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.loop.session import Session

_LEFT_OUT = (CaseState.BROKEN, CaseState.REJECTED)


def counted(session: Session, task: str) -> dict[str, Annotation]:
    """Return the last accepted label of each case that has one, but for broken and rejected cases, by case name."""
    left_out = {case.name for case in session.project.cases.all() if case.state in _LEFT_OUT}
    current = session.project.annotations.current(task)
    return {name: annotation for name, annotation in current.items() if name not in left_out}
