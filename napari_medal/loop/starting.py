"""The label that a reader starts from."""

from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from napari_medal.catalogue.journal_record import Kind, Record
from napari_medal.catalogue.journal_replay import Standing, accepted_record
from napari_medal.catalogue.journals import KeptWork
from napari_medal.catalogue.predictions import StoredPrediction
from napari_medal.core.annotation import Annotation
from napari_medal.core.stroke import Stroke
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.errors import ProjectError
from napari_medal.loop.journalling import CaseJournal
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray


class Origin(StrEnum):
    """Where the label that a reader starts from comes from; the first that exists wins."""

    DRAFT = "your unfinished label"
    ANNOTATION = "the accepted label"
    UNACCEPTED = "a label not accepted yet"
    PREDICTION = "the prediction"
    EMPTY = "an empty label"


@dataclass(frozen=True, eq=False)
class Start:
    """The label a reader starts from, and the steps that led to it.

    Args:
        origin: Where it comes from.
        mask: (Z, Y, X), or None for a class or a value.
        class_value: Or None for a mask or a value.
        started_from: Model version of the prediction that the label starts, or once started, from.
        seconds_spent: Reading time so far.
        journal: Where strokes are noted; None for a class or a value.
        undo: Steps that can be undone, oldest first.
        redo: Steps that were undone, last one first.
        restored: Strokes that were drawn when the program died.
        was_open: Whether the program died over this case.
        notices: What a reader should know of work that is not shown.
        problems: What of the journal could not be read.
        value: The number, or None for a mask or a class.
    """

    origin: Origin
    mask: LabelArray | None = None
    class_value: int | None = None
    started_from: int | None = None
    seconds_spent: float = 0.0
    journal: CaseJournal | None = None
    undo: tuple[Stroke, ...] = ()
    redo: tuple[Stroke, ...] = ()
    restored: int = 0
    was_open: bool = False
    notices: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    value: float | None = None


@dataclass(frozen=True, eq=False)
class Ground:
    """What a reader may see of a case before their own work is looked at; `predicted` is (Z, Y, X).

    `verifies` is the other reader's label that they verify, which is the annotation, or what that verified in turn.
    """

    session: Session
    task: str
    case: str
    volume: Volume
    stored: StoredPrediction | None
    predicted: LabelArray | None
    annotation: Annotation | None
    verifies: Annotation | None = None


@dataclass
class _Told:
    """What a reader is told when the case opens."""

    notices: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def start_of(ground: Ground) -> Start:
    """Return what a reader starts from; an own copy.

    Work in progress comes before everything else, unless another revision was accepted since: then it is put aside.
    """
    session, task, case = ground.session, ground.task, ground.case
    annotation = ground.annotation
    if session.task(task).target is not Target.MASK:
        return _choice_start(annotation, ground.stored)
    told = _Told()
    revision = 0 if annotation is None else annotation.revision
    session.project.journals.take_over_draft(case, task, revision)
    kept = _load(ground, told)
    if kept is not None and _is_drawn_on(kept, ground, revision):
        return _kept_start(ground, kept, told)
    accepted = None if annotation is None else _annotated_mask(ground, annotation)
    if kept is not None and accepted is not None and _is_accepted(kept, revision, accepted):
        return _kept_start(ground, kept, told)
    if kept is not None:
        _put_aside(ground, kept, told)
    return _new_start(ground, annotation, accepted, told)


def _choice_start(annotation: Annotation | None, stored: StoredPrediction | None) -> Start:
    """Start from a class or a value."""
    if annotation is not None:
        said, value, model = annotation.class_value, annotation.value, annotation.started_from
        return Start(_origin(annotation), class_value=said, started_from=model, value=value)
    if stored is not None:
        return Start(Origin.PREDICTION, class_value=stored.class_value, started_from=stored.model, value=stored.value)
    return Start(Origin.EMPTY)


def _load(ground: Ground, told: _Told) -> KeptWork | None:
    try:
        kept = ground.session.project.journals.load(ground.case, ground.task)
    except ProjectError as error:
        told.problems.append(str(error))
        return None
    if kept is not None and kept.problem:
        told.problems.append(kept.problem)
    return kept


def _is_drawn_on(kept: KeptWork, ground: Ground, revision: int) -> bool:
    """Tell whether a journal holds strokes on the revision that counts, or on none where none counts."""
    standing = kept.replay.standing
    is_of_now = standing.revision == revision and standing.shape == ground.volume.grid.shape
    return is_of_now and (standing.is_changed or revision == 0)


def _is_accepted(kept: KeptWork, revision: int, accepted: LabelArray) -> bool:
    """Tell whether a journal led to the revision that counts, (Z, Y, X) `accepted`.

    Where the program died between a revision and its record in the journal, that record is made up for.
    """
    if kept.replay.standing.revision == revision:
        return np.array_equal(kept.replay.mask, accepted)
    if kept.marked is None or not np.array_equal(kept.marked, accepted):
        return False
    record = accepted_record(revision, kept.replay.seconds)
    kept.journal.append([record])
    kept.replay.apply(record)
    return True


def _kept_start(ground: Ground, kept: KeptWork, told: _Told) -> Start:
    if kept.replay.mark is not None:  # the program died before the label that was on its way became a revision
        with suppress(OSError):
            kept.journal.append([Record(Kind.REFUSED, kept.replay.seconds)])
    annotation, replay, standing = ground.annotation, kept.replay, kept.replay.standing
    is_drawn_on = annotation is None or standing.is_changed
    if ground.verifies is not None and annotation is not None and is_drawn_on:
        told.notices.append(
            f"Strokes were drawn on this label of {ground.case} that nobody has accepted; the tab History compares "
            f"it with revision {annotation.revision}, which was accepted."
        )
    return Start(
        Origin.DRAFT if annotation is None or is_drawn_on else _origin(annotation),
        mask=replay.mask,
        started_from=standing.started_from,
        seconds_spent=max(replay.seconds, _seconds_so_far(ground)),
        journal=CaseJournal(ground.case, kept.journal, is_open=standing.is_open),
        undo=tuple(replay.undo),
        redo=tuple(replay.redo),
        restored=standing.drawn,
        was_open=standing.is_open,
        notices=tuple(told.notices),
        problems=tuple(told.problems),
    )


def _put_aside(ground: Ground, kept: KeptWork, told: _Told) -> None:
    """Put a journal aside, and say so where it holds anything that is not in a revision."""
    path = ground.session.project.journals.put_aside(ground.case, ground.task)
    standing = kept.replay.standing
    if standing.shape != ground.volume.grid.shape:
        why = f"it has the shape {standing.shape}, the image {ground.volume.grid.shape}"
    elif standing.is_changed:
        why = "another label of this case was accepted since"
    else:
        return
    told.notices.append(
        f"Your unfinished label of {ground.case} is put aside, because {why}. It is among the revisions, and in {path}."
    )


def _new_start(ground: Ground, annotation: Annotation | None, accepted: LabelArray | None, told: _Told) -> Start:
    """Start from what others left: an annotation, a prediction, or nothing."""
    shape = ground.volume.grid.shape
    seconds, started_from, revision = 0.0, None, 0
    if annotation is not None and accepted is not None:
        origin, mask = _origin(annotation), accepted
        seconds, started_from, revision = _seconds_so_far(ground), annotation.started_from, annotation.revision
    elif ground.predicted is not None:
        origin, mask = Origin.PREDICTION, ground.predicted.copy()
        started_from = None if ground.stored is None else ground.stored.model
    else:
        origin, mask = Origin.EMPTY, np.zeros(shape, dtype=np.uint8)
    standing = Standing(shape, started_from, revision)
    journal = ground.session.project.journals.begin(ground.case, ground.task, standing, mask)
    return Start(
        origin,
        mask=mask,
        started_from=started_from,
        seconds_spent=seconds,
        journal=CaseJournal(ground.case, journal),
        notices=tuple(told.notices),
        problems=tuple(told.problems),
    )


def _seconds_so_far(ground: Ground) -> float:
    """Return the reading time of the annotation, and of the one that it verifies where its reader goes on."""
    annotation, first = ground.annotation, ground.verifies
    if annotation is None:
        return 0.0
    is_further = first is not None and first.identifier != annotation.identifier
    return annotation.seconds_spent + (first.seconds_spent if first is not None and is_further else 0.0)


def _origin(annotation: Annotation) -> Origin:
    return Origin.ANNOTATION if annotation.accepted else Origin.UNACCEPTED


def _annotated_mask(ground: Ground, annotation: Annotation) -> LabelArray:
    if annotation.mask is None:
        msg = f"Revision {annotation.revision} of {annotation.case} holds no mask."
        raise ProjectError(msg)
    return ground.session.files.read_mask(annotation.mask, ground.volume.grid, ground.session.scheme(ground.task))
