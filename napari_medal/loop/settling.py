"""What state a case is in by the tasks that were answered."""

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.loop.session import Session


def settle(session: Session, new: Annotation) -> None:
    """Set the state that follows from the tasks answered so far."""
    annotations = session.project.annotations
    answers = [annotations.current(task).get(new.case) for task in session.project.settings.tasks]
    if not new.accepted or None in answers:
        state = CaseState.IN_PROGRESS
    elif any(answer is not None and answer.confirmed is not None for answer in answers):
        state = CaseState.ACCEPTED_IN_PART
    else:
        state = CaseState.ACCEPTED
    session.project.cases.set_state(new.case, state)
