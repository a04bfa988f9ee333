"""How good the predictions were that readers have corrected."""

from collections.abc import Sequence
from pathlib import Path

from napari_medal.core.annotation import Annotation
from napari_medal.core.progress import Progress
from napari_medal.errors import FormatError, GeometryError, ProjectError
from napari_medal.loop.judging import Truth
from napari_medal.loop.kept_prediction import kept_prediction
from napari_medal.loop.session import Session
from napari_medal.loop.version_file import VersionFile

Figures = tuple[float, ...]


def answer_figures(
    session: Session, task: str, annotations: Sequence[Annotation], progress: Progress
) -> dict[int, Figures]:
    """Compare masks that were accepted with the predictions that they started from; by the annotation's identifier.

    Both lie on the disk still, and neither changes. What was compared once is kept in the project's folder `cache`.
    Masks that cannot be read, or that started from nothing, are left out.

    Raises:
        JobCancelled: The person cancelled; what was compared so far is kept.
    """
    path = session.project.layout.cache / f"figures_{task}.json"
    known = _read(path)
    missing = [found for found in annotations if found.identifier not in known]
    try:
        for done, annotation in enumerate(missing):
            progress.step(done, len(missing), "Comparing")
            known[annotation.identifier] = _compared(session, task, annotation)
    finally:
        if missing:
            path.parent.mkdir(parents=True, exist_ok=True)
            VersionFile[dict[int, Figures]](known).write(path)
    wanted = {annotation.identifier for annotation in annotations}
    return {identifier: figures for identifier, figures in known.items() if figures and identifier in wanted}


def _read(path: Path) -> dict[int, Figures]:
    try:
        return VersionFile[dict[int, Figures]].read(path) or {}
    except ProjectError:
        return {}  # it can be made again


def _compared(session: Session, task: str, annotation: Annotation) -> Figures:
    """Return what the task's `compare` gives; nothing where there is nothing to compare."""
    if annotation.mask is None or annotation.started_from is None:
        return ()
    stored = session.project.predictions.by(task, annotation.started_from).get(annotation.case)
    if stored is None:
        return ()
    try:
        prediction = kept_prediction(session, task, stored)
        grid = session.files.read(annotation.mask)[0].grid
        truth: Truth = session.files.read_mask(annotation.mask, grid, session.scheme(task))
        return () if prediction is None else session.task(task).compare(prediction, truth, session.scheme(task))
    except (FormatError, GeometryError, OSError):
        return ()
