"""The figures that a task reads off its masks, for every case."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from napari_medal.core.case import Case, CaseState
from napari_medal.core.feature import Feature
from napari_medal.core.grid import Grid
from napari_medal.core.measuring_task import MeasuringTask
from napari_medal.core.progress import Progress
from napari_medal.core.sketch import Sketch
from napari_medal.errors import FormatError, GeometryError, SettingsError
from napari_medal.loop.counted import counted
from napari_medal.loop.labelled import Unreadable
from napari_medal.loop.preparation_key import mark
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray

_WAY = 1
"""Counts up when masks are read in another way."""


class MaskSource(StrEnum):
    """Whose mask was measured."""

    LABEL = "label"
    PREDICTION = "prediction"


@dataclass(frozen=True)
class CaseFeatures:
    """The figures of one mask.

    Args:
        case: The case's name.
        subject: Its subject.
        source: Whose mask it is.
        values: One for each feature; nan where the mask does not have it.
    """

    case: str
    subject: str
    source: MaskSource
    values: tuple[float, ...]


@dataclass(frozen=True)
class CohortFeatures:
    """The figures of all masks.

    Args:
        features: What they are.
        cases: Sorted by case, a label before its prediction.
        unreadable: Cases that were left out.
    """

    features: tuple[Feature, ...]
    cases: tuple[CaseFeatures, ...]
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, eq=False)
class Findings:
    """What a task reads off one mask, and what it draws of it."""

    values: tuple[float, ...]
    sketches: tuple[Sketch, ...]


def measuring_task(session: Session, task: str) -> MeasuringTask:
    """Return the task as one that measures.

    Raises:
        SettingsError: It reads no figures off its masks.
    """
    behind = session.task(task)
    if not isinstance(behind, MeasuringTask):
        msg = f"The task '{task}' reads no figures off its masks; wanted one that does, such as lower-grade-glioma."
        raise SettingsError(msg)
    return behind


def findings(session: Session, task: str, mask: LabelArray, grid: Grid) -> Findings:
    """Measure one mask (Z, Y, X) on a case's canonical grid, as it is drawn at the moment.

    Raises:
        SettingsError: The task reads no figures off its masks.
    """
    behind, scheme = measuring_task(session, task), session.scheme(task)
    return Findings(behind.figures(mask, scheme, grid), behind.sketches(mask, scheme, grid))


def cohort_features(session: Session, task: str, progress: Progress) -> CohortFeatures:
    """Measure the label that counts and the live model's prediction of every case; those known before are not read.

    Raises:
        SettingsError: The task reads no figures off its masks.
        JobCancelled: The person cancelled; what was measured is kept.
    """
    behind = measuring_task(session, task)
    labels = {name: found.mask for name, found in counted(session, task).items() if found.confirmed is None}
    live = session.project.models.live(task)
    predicted = {} if live is None else session.project.predictions.by(task, live.number)
    masks = [
        (case, source, path)
        for case in session.project.cases.all()
        if case.state is not CaseState.BROKEN
        for source, path in (
            (MaskSource.LABEL, labels.get(case.name)),
            (MaskSource.PREDICTION, predicted[case.name].mask if case.name in predicted else None),
        )
        if path is not None
    ]
    found: list[CaseFeatures] = []
    unreadable: list[Unreadable] = []
    for done, (case, source, path) in enumerate(masks):
        progress.step(done, len(masks), "Measuring masks")
        try:
            found.append(CaseFeatures(case.name, case.subject, source, _measured(session, task, behind, case, path)))
        except (FormatError, GeometryError, OSError) as error:
            unreadable.append(Unreadable(case.name, str(error)))
    return CohortFeatures(behind.features, tuple(found), tuple(unreadable))


def _measured(session: Session, task: str, behind: MeasuringTask, case: Case, path: Path) -> tuple[float, ...]:
    """Measure a mask, or remember what was measured before."""
    scheme = session.scheme(task)
    names = [feature.name for feature in behind.features]
    images = tuple(mark(image) for image in case.images)
    key = repr(("features", _WAY, task, names, scheme.values, case.name, images, mark(path)))
    known = session.scratch.find(key)
    if known is not None:
        return tuple(float(value) for value in known["values"])
    grid = session.files.read_case(case.images)[0].grid
    values = behind.figures(session.files.read_mask(path, grid, scheme), scheme, grid)
    session.scratch.keep(key, {"values": np.array(values, dtype=np.float64)})
    return values
