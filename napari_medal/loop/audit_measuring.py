"""What an audit says of the model, worked out when its case is accepted."""

from napari_medal.core.annotation import Annotation
from napari_medal.errors import FormatError, GeometryError, ProjectError
from napari_medal.loop.judging import Truth
from napari_medal.loop.kept_prediction import kept_prediction
from napari_medal.loop.session import Session


def measure_audit(session: Session, annotation: Annotation, truth: Truth) -> None:
    """Compare a label that is whole and final with what the model had said, if its case was drawn as an audit.

    The prediction is the one that the reader started from; else the live model's. Both were made before the label was
    there to learn from. Figures stay as they are, whatever revisions follow.

    Args:
        session: The session.
        annotation: The label, as it was kept.
        truth: What it says.
    """
    if not annotation.accepted or annotation.confirmed is not None:
        return
    task = annotation.task
    audits = session.project.audits.unanswered(task, annotation.case)
    if not audits:
        return
    found = _compared(session, annotation, truth)
    for audit in audits:
        session.project.audits.measure(audit, annotation.identifier, *found)


def _compared(session: Session, annotation: Annotation, truth: Truth) -> tuple[int | None, tuple[float, ...] | None]:
    """Return the model that was measured and the figures; None twice where no prediction can be compared."""
    task = annotation.task
    live = session.project.models.live(task)
    for model in dict.fromkeys((annotation.started_from, None if live is None else live.number)):
        if model is None:
            continue
        stored = session.project.predictions.by(task, model).get(annotation.case)
        try:
            prediction = None if stored is None else kept_prediction(session, task, stored)
            if prediction is not None:
                return model, tuple(session.task(task).compare(prediction, truth, session.scheme(task)))
        except (FormatError, GeometryError, ProjectError, OSError):
            continue  # a damaged prediction must not stand in the way of a label
    return None, None
