"""The labels that count, and those that teach."""

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.core.verification import LearnFrom
from napari_medal.loop.session import Session

_LEFT_OUT = (CaseState.BROKEN, CaseState.REJECTED)


def counted(session: Session, task: str) -> dict[str, Annotation]:
    """Return the last accepted label of each case that has one, but for broken and rejected cases, by case name."""
    left_out = {case.name for case in session.project.cases.all() if case.state in _LEFT_OUT}
    current = session.project.annotations.current(task)
    return {name: annotation for name, annotation in current.items() if name not in left_out}


def taught(session: Session, task: str) -> dict[str, Annotation]:
    """Return those of the labels that count which models learn from and are judged on, as the task says."""
    labels = counted(session, task)
    if session.project.task_settings(task).learn_from is LearnFrom.ALL:
        return labels
    return {name: annotation for name, annotation in labels.items() if annotation.verified is not None}
