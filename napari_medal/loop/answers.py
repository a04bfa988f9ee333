"""What a reader does to a case: accept, skip, reopen."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState
from napari_medal.core.target import Target
from napari_medal.edit.changes import changed_voxels
from napari_medal.errors import GeometryError, ProjectError, SettingsError
from napari_medal.io.nifti import write_mask
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray


@dataclass(frozen=True)
class Reading:
    """Who read a case, for how long, and which model version's prediction they started from."""

    reader: str
    seconds_spent: float = 0.0
    started_from: int | None = None


def accept_mask(session: Session, task: str, case: str, mask: LabelArray, reading: Reading) -> Annotation:
    """Keep a mask as the next revision, and call the case accepted once every task is answered.

    Args:
        session: The session.
        task: A task that draws.
        case: The case's name.
        mask: (Z, Y, X) label values on the case's canonical grid.
        reading: Provenance.

    Raises:
        GeometryError: The mask does not fit the case, or holds values that are no labels.
        SettingsError: The task does not draw.
    """
    _require_target(session, task, Target.MASK)
    known = _usable_case(session, case)
    values = session.scheme(task).validate_mask(mask, f"The mask for {case}")
    grid = session.files.read_case(known.images)[0].grid
    if values.shape != grid.shape:
        msg = f"The mask for {case} has shape {values.shape}; the case has {grid}."
        raise GeometryError(msg)
    session.project.journals.take_over_draft(case, task, _revision(session, task, case))
    annotation = session.project.annotations.add(
        NewAnnotation(
            case=case,
            task=task,
            reader=reading.reader,
            seconds_spent=reading.seconds_spent,
            started_from=reading.started_from,
            voxels_changed=_voxels_changed(session, task, case, values, reading.started_from),
            write_mask=lambda path: write_mask(path, values, known.images[0], grid),
        )
    )
    _settle(session, case)
    return annotation


def accept_class(session: Session, task: str, case: str, value: int, reading: Reading) -> Annotation:
    """Keep a class as the next revision, and call the case accepted once every task is answered.

    Raises:
        SettingsError: The task does not ask for a class, or has none of that value.
    """
    _require_target(session, task, Target.CLASS)
    _usable_case(session, case)
    label = session.scheme(task).by_value(value)
    annotation = session.project.annotations.add(
        NewAnnotation(
            case=case,
            task=task,
            reader=reading.reader,
            seconds_spent=reading.seconds_spent,
            started_from=reading.started_from,
            class_value=label.value,
        )
    )
    _settle(session, case)
    return annotation


def accept_file(session: Session, task: str, case: str, mask: Path, reading: Reading) -> Annotation:
    """Keep the mask in a file as the next revision.

    Raises:
        FormatError, GeometryError: The file cannot be read, or does not fit the case.
    """
    _require_target(session, task, Target.MASK)
    known = _usable_case(session, case)
    grid = session.files.read_case(known.images)[0].grid
    return accept_mask(session, task, case, session.files.read_mask(mask, grid, session.scheme(task)), reading)


def skip(session: Session, case: str) -> None:
    """Put a case behind all others.

    Raises:
        ProjectError: It is broken.
    """
    _usable_case(session, case)
    session.project.cases.set_state(case, CaseState.SKIPPED)


def reopen(session: Session, case: str) -> None:
    """Take up an accepted or skipped case again; its last revision counts until a new one is accepted.

    Raises:
        ProjectError: It is broken.
    """
    _usable_case(session, case)
    session.project.cases.set_state(case, CaseState.IN_PROGRESS)


def _settle(session: Session, case: str) -> None:
    """Set the state that follows from the tasks answered so far."""
    answered = all(case in session.project.annotations.current(task) for task in session.project.settings.tasks)
    session.project.cases.set_state(case, CaseState.ACCEPTED if answered else CaseState.IN_PROGRESS)


def _revision(session: Session, task: str, case: str) -> int:
    """Return the number of the revision that counts; 0 for none."""
    annotation = session.project.annotations.current(task).get(case)
    return 0 if annotation is None else annotation.revision


def _require_target(session: Session, task: str, target: Target) -> None:
    if session.task(task).target is not target:
        wanted = {Target.MASK: "a class, not a mask", Target.CLASS: "a mask, not a class"}[target]
        msg = f"The task '{task}' asks for {wanted}."
        raise SettingsError(msg)


def _usable_case(session: Session, name: str) -> Case:
    case = session.project.cases.get(name)
    if case.state is CaseState.BROKEN:
        msg = f"Case '{name}' is broken and cannot be labelled: {case.broken_reason}"
        raise ProjectError(msg)
    return case


def _voxels_changed(session: Session, task: str, case: str, mask: LabelArray, model: int | None) -> int | None:
    """Count the voxels that differ from the prediction that the reader started from."""
    if model is None:
        return None
    prediction = session.project.predictions.by(task, model).get(case)
    if prediction is None or prediction.mask is None:
        return None
    grid = session.files.read(prediction.mask)[0].grid
    before = session.files.read_mask(prediction.mask, grid, session.scheme(task))
    return changed_voxels(before, mask)
