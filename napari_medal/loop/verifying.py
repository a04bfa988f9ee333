"""Verify another reader's label without a viewer."""

from dataclasses import replace

from napari_medal.core.annotation import Annotation
from napari_medal.errors import ProjectError
from napari_medal.loop.answers import Reading, accept_class, accept_mask, accept_value
from napari_medal.loop.session import Session
from napari_medal.loop.verification import label_to_verify


def shown_to_verify(session: Session, task: str, case: str, reading: Reading) -> Reading:
    """Return the reading of one who has the label of a case before them that awaits verification.

    Raises:
        ProjectError: None awaits verification, or it is the reader's own; only some slices are called right.
    """
    label = label_to_verify(session, task, case, reading.reader)
    if reading.confirmed is not None:
        msg = f"{case}: found some slices that are right; a label is verified as a whole, or accepted in part without."
        raise ProjectError(msg)
    return replace(reading, shown=label.identifier, started_from=label.started_from)


def verify_as_it_is(session: Session, task: str, case: str, reading: Reading) -> Annotation:
    """Verify the label that awaits it without a change.

    Raises:
        ProjectError: None awaits verification, or it is the reader's own.
        FormatError: Its mask is damaged.
    """
    label = label_to_verify(session, task, case, reading.reader)
    reading = shown_to_verify(session, task, case, reading)
    if label.class_value is not None:
        return accept_class(session, task, case, label.class_value, reading)
    if label.value is not None:
        return accept_value(session, task, case, label.value, reading)
    if label.mask is None:
        msg = f"Revision {label.revision} of {case} holds no mask."
        raise ProjectError(msg)
    grid = session.files.read_case(session.project.cases.get(case).images)[0].grid
    mask = session.files.read_mask(label.mask, grid, session.scheme(task))
    return accept_mask(session, task, case, mask, reading)
