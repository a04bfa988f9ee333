"""The figures that a task reads off its masks, for every case."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from napari_medal.catalogue.models import ModelVersion
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
from napari_medal.loop.unseen_figures import known_unseen_figures
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
        has_learned: Whether the model behind a prediction has learned from a label of this subject.
    """

    case: str
    subject: str
    source: MaskSource
    values: tuple[float, ...]
    has_learned: bool = False


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
    """Measure the label that counts and the prediction of every case; those known before are not read.

    A prediction is that of a network which had not seen the label, where one was measured (`loop.measuring_unseen`),
    else the live model's.

    Raises:
        SettingsError: The task reads no figures off its masks.
        FormatError: What was kept of unseen labels is damaged.
        JobCancelled: The person cancelled; what was measured is kept.
    """
    behind = measuring_task(session, task)
    unseen = known_unseen_figures(session, task, behind.features)
    kept = {} if unseen is None else unseen.cases
    live = session.project.models.live(task)
    learned = frozenset() if live is None else _learned_subjects(session, live)
    masks = _masks(session, task, live, kept)
    found = [
        CaseFeatures(case.name, case.subject, MaskSource.PREDICTION, kept[case.name])
        for case in session.project.cases.all()
        if case.name in kept
    ]
    unreadable: list[Unreadable] = []
    for done, (case, source, path) in enumerate(masks):
        progress.step(done, len(masks), "Measuring masks")
        try:
            values = _measured(session, task, behind, case, path)
        except (FormatError, GeometryError, OSError) as error:
            unreadable.append(Unreadable(case.name, str(error)))
        else:
            has_learned = source is MaskSource.PREDICTION and case.subject in learned
            found.append(CaseFeatures(case.name, case.subject, source, values, has_learned))
    found.sort(key=lambda entry: (entry.case, entry.source))
    return CohortFeatures(behind.features, tuple(found), tuple(unreadable))


def _masks(
    session: Session, task: str, live: ModelVersion | None, kept: Mapping[str, object]
) -> list[tuple[Case, MaskSource, Path]]:
    """Return the masks to measure; of predictions, those of cases that nothing is kept of."""
    labels = {name: found.mask for name, found in counted(session, task).items() if found.confirmed is None}
    predicted = {} if live is None else session.project.predictions.by(task, live.number)
    answers = {name: found.mask for name, found in predicted.items() if name not in kept}
    return [
        (case, source, path)
        for case in session.project.cases.all()
        if case.state is not CaseState.BROKEN
        for source, path in (
            (MaskSource.LABEL, labels.get(case.name)),
            (MaskSource.PREDICTION, answers.get(case.name)),
        )
        if path is not None
    ]


def _learned_subjects(session: Session, version: ModelVersion) -> frozenset[str]:
    """Return the subjects of the labels that a version was trained on."""
    taught = {found.case for found in session.project.annotations.by_identifier(version.annotations).values()}
    return frozenset(case.subject for case in session.project.cases.all() if case.name in taught)


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
