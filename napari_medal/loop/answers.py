"""What a reader does to a case: accept, skip, flag, reject, reopen."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from napari_medal.catalogue.annotations import NewAnnotation
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState
from napari_medal.core.edit_size import EditSize
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.slice_ranges import SliceRanges, merged
from napari_medal.core.target import Target
from napari_medal.edit.changes import changed_voxels
from napari_medal.errors import GeometryError, ProjectError, SettingsError
from napari_medal.io.nifti import write_mask
from napari_medal.loop.audit_measuring import measure_audit
from napari_medal.loop.kept_prediction import kept_prediction
from napari_medal.loop.reading_mode import awaits_first_label
from napari_medal.loop.session import Session
from napari_medal.loop.settling import settle
from napari_medal.loop.verification import compared_answers, compared_masks, verified_by
from napari_medal.metrics.edit_size import edit_size
from napari_medal.types import LabelArray


@dataclass(frozen=True)
class Reading:
    """Who read a case, and how.

    Args:
        reader: Their name.
        seconds_spent: For how long.
        started_from: Which model version's prediction they started from.
        confirmed: First and last of the slices that are right, from 0; None for the whole mask.
        mode: How reader and model shared the reading; None for a label that came from elsewhere.
        finished: Whether the label answers the task; else it is kept to start from.
        shown: The accepted label that they were shown to start from, by identifier; None for none.
    """

    reader: str
    seconds_spent: float = 0.0
    started_from: int | None = None
    confirmed: SliceRanges | None = None
    mode: ReadingMode | None = None
    finished: bool = True
    shown: int | None = None


def accept_mask(session: Session, task: str, case: str, mask: LabelArray, reading: Reading) -> Annotation:
    """Keep a mask as the next revision, and call the case accepted once every task is answered.

    A reader's first label of a second read is kept unaccepted: the reader sees the prediction next, and answers anew.
    A second reader verifies the label that they were shown, changed or not, as `verified_by` says.

    Args:
        session: The session.
        task: A task that draws.
        case: The case's name.
        mask: (Z, Y, X) label values on the case's canonical grid.
        reading: Provenance.

    Raises:
        GeometryError: The mask does not fit the case, or holds values that are no labels; slices are not there.
        SettingsError: The task does not draw.
    """
    _require_target(session, task, Target.MASK)
    known = _usable_case(session, case)
    scheme = session.scheme(task)
    values = scheme.validate_mask(mask, f"The mask for {case}")
    grid = session.files.read_case(known.images)[0].grid
    if values.shape != grid.shape:
        msg = f"The mask for {case} has shape {values.shape}; the case has {grid}."
        raise GeometryError(msg)
    shown = _predicted_mask(session, task, case, reading.started_from)
    session.project.journals.take_over_draft(case, task, _revision(session, task, case))
    confirmed = None if reading.confirmed is None else merged(reading.confirmed, len(values))
    label = _verified_label(session, task, replace(reading, confirmed=confirmed))
    before = None if label is None or label.mask is None else session.files.read_mask(label.mask, grid, scheme)
    annotation = session.project.annotations.add(
        replace(
            _new(session, task, case, reading),
            confirmed=confirmed,
            slices=len(values),
            labels=scheme.occurring(values),
            voxels_changed=None if shown is None else changed_voxels(shown, values),
            edit=_correction(shown if before is None else before, values, reading, grid),
            verified=None if label is None or before is None else compared_masks(label, before, values, scheme),
            write_mask=lambda path: write_mask(path, values, known.images[0], grid),
        )
    )
    settle(session, annotation)
    measure_audit(session, annotation, values)
    return annotation


def accept_class(session: Session, task: str, case: str, value: int, reading: Reading) -> Annotation:
    """Keep a class as the next revision, and call the case accepted once every task is answered.

    Raises:
        SettingsError: The task does not ask for a class, or has none of that value.
    """
    _require_target(session, task, Target.CLASS)
    _usable_case(session, case)
    _require_whole(task, reading)
    chosen = session.scheme(task).by_value(value).value
    return _keep(session, replace(_new(session, task, case, reading), class_value=chosen), chosen, reading)


def accept_value(session: Session, task: str, case: str, value: float, reading: Reading) -> Annotation:
    """Keep a number as the next revision, and call the case accepted once every task is answered.

    Raises:
        SettingsError: The task does not ask for a number, or it is outside the range.
    """
    _require_target(session, task, Target.VALUE)
    _usable_case(session, case)
    _require_whole(task, reading)
    kept = session.scheme(task).measured.require(value, f"The value for {case}")
    return _keep(session, replace(_new(session, task, case, reading), value=kept), kept, reading)


def accept_file(session: Session, task: str, case: str, mask: Path | FoundImage, reading: Reading) -> Annotation:
    """Keep the mask in a file, or in files, as the next revision.

    Raises:
        FormatError, GeometryError: The file cannot be read, or does not fit the case.
    """
    _require_target(session, task, Target.MASK)
    known = _usable_case(session, case)
    grid = session.files.read_case(known.images)[0].grid
    found = FoundImage((mask,)) if isinstance(mask, Path) else mask
    return accept_mask(session, task, case, session.files.read_label(found, grid, session.scheme(task)), reading)


def skip(session: Session, case: str) -> None:
    """Put a case behind all others.

    Raises:
        ProjectError: It is broken.
    """
    _usable_case(session, case)
    session.project.cases.set_state(case, CaseState.SKIPPED)


def flag(session: Session, case: str) -> None:
    """Ask for a second look at a case; its last label counts until a new one is accepted, but is not exported.

    Raises:
        ProjectError: It is broken.
    """
    _usable_case(session, case)
    session.project.cases.set_state(case, CaseState.NEEDS_SECOND_LOOK)


def reject(session: Session, case: str) -> None:
    """Take a case out of the dataset: whatever labels it has, nothing learns from it, and it is not exported.

    Raises:
        ProjectError: It is broken.
    """
    _usable_case(session, case)
    session.project.cases.set_state(case, CaseState.REJECTED)


def reopen(session: Session, case: str) -> None:
    """Take up a case again that was put aside or accepted; its last label counts until a new one is accepted.

    Raises:
        ProjectError: It is broken.
    """
    _usable_case(session, case)
    session.project.cases.set_state(case, CaseState.IN_PROGRESS)


def _new(session: Session, task: str, case: str, reading: Reading) -> NewAnnotation:
    """Return a reader's answer on its way in, but for the answer."""
    first_of_two = awaits_first_label(session, task, case, reading.reader, reading.mode)
    return NewAnnotation(
        case=case,
        task=task,
        reader=reading.reader,
        seconds_spent=reading.seconds_spent,
        started_from=reading.started_from,
        accepted=reading.finished and not first_of_two,
        mode=reading.mode,
    )


def _keep(session: Session, new: NewAnnotation, answer: int | float, reading: Reading) -> Annotation:
    """Enter a class or a number, with what it verifies, and all that follows from it."""
    label = _verified_label(session, new.task, reading)
    verified = None if label is None else compared_answers(label, answer)
    annotation = session.project.annotations.add(replace(new, verified=verified))
    settle(session, annotation)
    measure_audit(session, annotation, answer)
    return annotation


def _verified_label(session: Session, task: str, reading: Reading) -> Annotation | None:
    """Return the label that is verified by this answer, if one is: a whole answer, and final."""
    if not reading.finished or reading.confirmed is not None:
        return None
    return verified_by(session, task, reading.shown, reading.reader)


def _revision(session: Session, task: str, case: str) -> int:
    """Return the number of the revision that is worked on from here; 0 for none."""
    annotation = session.project.annotations.latest(task).get(case)
    return 0 if annotation is None else annotation.revision


def _require_target(session: Session, task: str, target: Target) -> None:
    wanted = session.task(task).target
    if wanted is not target:
        msg = f"The task '{task}' asks for a {wanted}, not a {target}."
        raise SettingsError(msg)


def _require_whole(task: str, reading: Reading) -> None:
    if reading.confirmed is not None:
        msg = f"The task '{task}' asks for one answer; only a mask can be accepted in part."
        raise SettingsError(msg)


def _usable_case(session: Session, name: str) -> Case:
    case = session.project.cases.get(name)
    if case.state is CaseState.BROKEN:
        msg = f"Case '{name}' is broken and cannot be labelled: {case.broken_reason}"
        raise ProjectError(msg)
    return case


def _predicted_mask(session: Session, task: str, case: str, model: int | None) -> LabelArray | None:
    """Return the mask of the prediction that the reader started from; None for none."""
    stored = None if model is None else session.project.predictions.by(task, model).get(case)
    prediction = None if stored is None else kept_prediction(session, task, stored)
    return None if prediction is None else prediction.mask


def _correction(shown: LabelArray | None, mask: LabelArray, reading: Reading, grid: Grid) -> EditSize | None:
    """Measure what was drawn, from the prediction or from nothing; None where it is not known from what."""
    if shown is None and (reading.started_from is not None or reading.seconds_spent <= 0.0):
        return None
    return edit_size(np.zeros_like(mask) if shown is None else shown, mask, grid.spacing_mm)
