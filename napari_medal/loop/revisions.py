"""What was accepted of a case before, and unfinished labels that were put aside."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from napari_medal.core.annotation import Annotation
from napari_medal.errors import GeometryError, ProjectError
from napari_medal.loop.session import Session
from napari_medal.loop.stage_words import correction_in_words
from napari_medal.types import LabelArray


@dataclass(frozen=True)
class Revision:
    """A label of a case as it once was.

    Args:
        case: The case's name.
        task: The task.
        path: Where the mask lies.
        created_at: When it was accepted, or put aside.
        number: The revision's; None for an unfinished label that was put aside.
        reader: Who accepted it.
        seconds_spent: Reading time.
        voxels_changed: How many differ from the prediction that was started from, where there was one.
        verified: What a second reader made of the label before, where this is theirs; "" else.
    """

    case: str
    task: str
    path: Path
    created_at: datetime
    number: int | None = None
    reader: str = ""
    seconds_spent: float | None = None
    voxels_changed: int | None = None
    verified: str = ""

    @property
    def title(self) -> str:
        """What it is called."""
        return "Unfinished label" if self.number is None else f"Revision {self.number}"


def revisions(session: Session, task: str, case: str) -> list[Revision]:
    """Return the masks that were accepted of a case and those put aside, the newest first."""
    accepted = [_revision(entry, entry.mask) for entry in session.project.annotations.history(case, task) if entry.mask]
    aside = [Revision(case, task, work.path, work.put_aside_at) for work in session.project.journals.aside(case, task)]
    return sorted([*accepted, *aside], key=lambda revision: revision.created_at, reverse=True)


def read_revision(session: Session, revision: Revision) -> LabelArray:
    """Return the mask of a revision, (Z, Y, X) on the case's canonical grid.

    Raises:
        FormatError, ProjectError: Its file is damaged.
        GeometryError: It has another shape than the image.
    """
    case = session.project.cases.get(revision.case)
    grid = session.files.read_case(case.images)[0].grid
    if revision.number is not None:
        return session.files.read_mask(revision.path, grid, session.scheme(revision.task))
    if not revision.path.exists():
        msg = f"{revision.path} is gone."
        raise ProjectError(msg)
    mask = session.project.journals.read_aside(revision.path)
    if mask.shape != grid.shape:
        msg = f"The unfinished label in {revision.path} has the shape {mask.shape}; the image has {grid.shape}."
        raise GeometryError(msg)
    return mask


def _revision(annotation: Annotation, mask: Path) -> Revision:
    return Revision(
        annotation.case,
        annotation.task,
        mask,
        annotation.created_at,
        annotation.revision,
        annotation.reader,
        annotation.seconds_spent,
        annotation.voxels_changed,
        "" if annotation.verified is None else f"verified, {correction_in_words(annotation.verified)}",
    )
