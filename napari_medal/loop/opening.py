"""Everything that a viewer shows of one case."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from napari_medal.catalogue.drafts import Draft
from napari_medal.catalogue.models import ModelVersion
from napari_medal.catalogue.predictions import Maps, StoredPrediction
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, CaseState
from napari_medal.core.score import CaseScore
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.errors import ProjectError
from napari_medal.loop.session import Session
from napari_medal.types import FloatArray, ImageArray, LabelArray


class Origin(StrEnum):
    """Where the label that a reader starts from comes from; the first that exists wins."""

    DRAFT = "your unfinished label"
    ANNOTATION = "the accepted label"
    PREDICTION = "the prediction"
    EMPTY = "an empty label"


@dataclass(frozen=True, eq=False)
class OpenedCase:
    """A case, ready to be shown.

    Args:
        case: The case.
        task: The task it was opened for.
        volumes: One for each channel, canonical.
        windows: A sensible (low, high) intensity window for each channel.
        origin: Where `mask` or `class_value` comes from.
        mask: (Z, Y, X) label values to start from, an own copy; None for a class.
        class_value: The class to start from; None when none is known, or for a mask.
        prediction: (Z, Y, X) what the model predicts, if it has.
        uncertainty: (Z, Y, X) in [0, 1], if there is a map.
        probabilities: Of the prediction, (C, Z, Y, X) or (C,), if they were kept.
        score: How uncertain the model is, if it has seen the case.
        overview: The prediction in a few words; "" without one.
        started_from: Model version of the prediction that the label starts, or once started, from.
        seconds_spent: Reading time so far.
    """

    case: Case
    task: str
    volumes: tuple[Volume, ...]
    windows: tuple[tuple[float, float], ...]
    origin: Origin
    mask: LabelArray | None
    class_value: int | None
    prediction: LabelArray | None
    uncertainty: FloatArray | None
    probabilities: FloatArray | None
    score: CaseScore | None
    overview: str
    started_from: int | None
    seconds_spent: float


@dataclass(frozen=True, eq=False)
class _Start:
    """The label a reader starts from."""

    origin: Origin
    mask: LabelArray | None
    class_value: int | None
    started_from: int | None
    seconds_spent: float = 0.0


def open_case(session: Session, task: str, name: str) -> OpenedCase:
    """Read a case and the label to start from; an earlier draft comes before everything else.

    Raises:
        ProjectError: The case is broken.
        FormatError, GeometryError: A file has been damaged since it was added.
    """
    case = session.project.cases.get(name)
    if case.state is CaseState.BROKEN:
        msg = f"Case '{name}' is broken and cannot be opened: {case.broken_reason}"
        raise ProjectError(msg)
    volumes = session.files.read_case(case.images)
    live = session.project.models.live(task)
    stored = _stored_prediction(session, task, live, name)
    mask = _predicted_mask(session, task, stored, volumes[0])
    maps = None if stored is None else session.project.predictions.maps(stored)
    start = _start(session, task, case, volumes[0], stored, mask)
    return OpenedCase(
        case=case,
        task=task,
        volumes=volumes,
        windows=tuple(window(volume.array) for volume in volumes),
        origin=start.origin,
        mask=start.mask,
        class_value=start.class_value,
        prediction=mask,
        uncertainty=_uncertainty(maps),
        probabilities=None if maps is None else maps.probabilities,
        score=None if stored is None else stored.score,
        overview="" if stored is None else stored.overview,
        started_from=start.started_from,
        seconds_spent=start.seconds_spent,
    )


def save_draft(session: Session, task: str, case: str, draft: Draft) -> None:
    """Keep work in progress; an untouched case becomes one in progress."""
    session.project.drafts.save(case, task, draft)
    if session.project.cases.get(case).state in (CaseState.NEW, CaseState.PREDICTED, CaseState.SKIPPED):
        session.project.cases.set_state(case, CaseState.IN_PROGRESS)


def window(array: ImageArray) -> tuple[float, float]:
    """Return the 1st and 99.5th percentile of the voxels above the lowest value: air does not count.

    Large volumes are sampled, which moves a percentile by far less than an eye can see.
    """
    stride = max(1, array.size // 1_000_000)
    values = array.reshape(-1)[::stride]
    inside = values[values > values.min()]
    if inside.size == 0:
        return float(values[0]), float(values[0]) + 1.0
    low, high = np.percentile(inside, (1.0, 99.5))
    return float(low), float(high) if high > low else float(low) + 1.0


def _stored_prediction(session: Session, task: str, live: ModelVersion | None, name: str) -> StoredPrediction | None:
    return None if live is None else session.project.predictions.by(task, live.number).get(name)


def _predicted_mask(session: Session, task: str, stored: StoredPrediction | None, volume: Volume) -> LabelArray | None:
    if stored is None or stored.mask is None:
        return None
    return session.files.read_mask(stored.mask, volume.grid, session.scheme(task))


def _uncertainty(maps: Maps | None) -> FloatArray | None:
    return None if maps is None else maps.uncertainty


def _start(
    session: Session,
    task: str,
    case: Case,
    volume: Volume,
    stored: StoredPrediction | None,
    predicted: LabelArray | None,
) -> _Start:
    annotation = session.project.annotations.current(task).get(case.name)
    model = None if stored is None else stored.model
    if session.task(task).target is Target.CLASS:
        if annotation is not None:
            return _Start(Origin.ANNOTATION, None, annotation.class_value, annotation.started_from)
        if stored is not None:
            return _Start(Origin.PREDICTION, None, stored.class_value, model)
        return _Start(Origin.EMPTY, None, None, None)
    draft = session.project.drafts.load(case.name, task)
    if draft is not None and draft.mask.shape == volume.grid.shape:
        return _Start(Origin.DRAFT, draft.mask, None, draft.started_from, draft.seconds_spent)
    if annotation is not None and annotation.mask is not None:
        return _from_annotation(session, task, annotation, volume)
    if predicted is not None:
        return _Start(Origin.PREDICTION, predicted.copy(), None, model)
    return _Start(Origin.EMPTY, np.zeros(volume.grid.shape, dtype=np.uint8), None, None)


def _from_annotation(session: Session, task: str, annotation: Annotation, volume: Volume) -> _Start:
    if annotation.mask is None:
        msg = f"Revision {annotation.revision} of {annotation.case} holds no mask."
        raise ProjectError(msg)
    mask = session.files.read_mask(annotation.mask, volume.grid, session.scheme(task))
    return _Start(Origin.ANNOTATION, mask, None, annotation.started_from, annotation.seconds_spent)
