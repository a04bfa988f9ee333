"""The accepted labels of a task, gathered for training and validation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import psutil

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, Split
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import SliceRanges, as_flags
from napari_medal.core.target import Target
from napari_medal.engine.examples import Example
from napari_medal.engine.foreground import Foreground
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.prepare import Prepared, prepare, prepare_mask
from napari_medal.engine.shelf import Shelf
from napari_medal.errors import FormatError, GeometryError, ModelError
from napari_medal.loop.counted import taught
from napari_medal.loop.judging import Truth, annotated_truth, prepared_case
from napari_medal.loop.preparation_key import mark, preparation_key
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray

T = TypeVar("T")

_GIBIBYTE = 1024**3


@dataclass(frozen=True)
class LabelledCase:
    """A case and its latest annotation."""

    case: Case
    annotation: Annotation


@dataclass(frozen=True)
class Unreadable:
    """A labelled case that was left out, and why."""

    case: str
    reason: str


@dataclass(frozen=True)
class Gathered:
    """What a training works on.

    Args:
        channels: Channels of every image.
        examples: The training cases as the network sees them.
        training: The same cases, with their annotations.
        validation: The validation cases.
        unreadable: Cases that were left out.
    """

    channels: int
    examples: tuple[Example, ...]
    training: tuple[LabelledCase, ...]
    validation: tuple[LabelledCase, ...]
    unreadable: tuple[Unreadable, ...]

    def truth(self, session: Session, task: str, plan: Plan, target: Target) -> Callable[[Case], Truth]:
        """Return what reads the validation cases' annotations, one at a time."""
        annotations = {entry.case.name: entry.annotation for entry in self.validation}
        return lambda case: annotated_truth(
            session, task, annotations[case.name], prepared_case(session, case, plan, target)
        )

    @property
    def confirmed(self) -> dict[str, SliceRanges]:
        """The slices that count of each validation case that was accepted in part."""
        annotations = {entry.case.name: entry.annotation for entry in self.validation}
        return {name: found.confirmed for name, found in annotations.items() if found.confirmed is not None}


def labelled_cases(session: Session, task: str, split: Split) -> list[LabelledCase]:
    """Return the cases of a split with a label that teaches."""
    annotations = taught(session, task)
    return [
        LabelledCase(case, annotations[case.name])
        for case in session.project.cases.all()
        if case.split is split and case.name in annotations
    ]


def gather(session: Session, task: str, plan: Plan, target: Target, progress: Progress) -> Gathered:
    """Prepare every labelled case; those that cannot be read are left out and listed.

    Raises:
        ModelError: Nothing is left to train on, or there are more labels than a network takes.
    """
    if len(session.scheme(task)) >= IGNORED:
        msg = f"The task '{task}' has {len(session.scheme(task))} labels; a network takes {IGNORED - 1} at most."
        raise ModelError(msg)
    gathering = _Gathering(session, task, plan, target, progress)
    training = gathering.examples(labelled_cases(session, task, Split.TRAINING))
    validation = gathering.usable(labelled_cases(session, task, Split.VALIDATION))
    if not training:
        reasons = "".join(f"; {left.case}: {left.reason}" for left in gathering.unreadable[:3])
        msg = f"Training '{task}' needs at least one accepted label that can be read; found none{reasons}."
        raise ModelError(msg)
    return Gathered(
        channels=gathering.channels or 1,
        examples=tuple(example for _, example in training),
        training=tuple(entry for entry, _ in training),
        validation=tuple(validation),
        unreadable=tuple(gathering.unreadable),
    )


class _Gathering:
    """Reads labelled cases one after the other."""

    def __init__(self, session: Session, task: str, plan: Plan, target: Target, progress: Progress) -> None:
        self._session = session
        self._task = task
        self._plan = plan
        self._target = target
        self._progress = progress
        self.channels: int | None = None
        self.unreadable: list[Unreadable] = []

    def examples(self, cases: Sequence[LabelledCase]) -> list[tuple[LabelledCase, Example]]:
        """Return the cases that can be read, as examples: in memory where all fit, else in files."""
        limit = self._session.project.settings.training.memory_gb
        memory = psutil.virtual_memory().available
        budget = (memory if limit is None else min(memory, int(limit * _GIBIBYTE))) // 4
        shelf = Shelf(self._session.cache, self._session.scratch, len(cases), budget)
        return self._each(cases, lambda entry: self._example(entry, shelf))

    def usable(self, cases: Sequence[LabelledCase]) -> list[LabelledCase]:
        """Return the cases that can be read, and hold none of them."""
        return [entry for entry, _ in self._each(cases, self._check)]

    def _each(self, cases: Sequence[LabelledCase], read: Callable[[LabelledCase], T]) -> list[tuple[LabelledCase, T]]:
        found = []
        for done, entry in enumerate(cases):
            self._progress.step(done, len(cases), "Reading labelled cases")
            try:
                found.append((entry, read(entry)))
            except (FormatError, GeometryError, OSError) as error:
                self.unreadable.append(Unreadable(entry.case.name, str(error)))
        return found

    def _example(self, entry: LabelledCase, shelf: Shelf) -> Example:
        session, plan, target = self._session, self._plan, self._target
        case, annotation = entry.case, entry.annotation
        key = preparation_key(case, plan, target)
        prepared = shelf.image(key, lambda: prepare(session.files.read_case(case.images), plan, target))
        self._require_channels(case.name, prepared)
        if annotation.mask is None:
            truth = annotated_truth(session, self._task, annotation, prepared)
            if isinstance(truth, float):
                return Example(prepared, value=truth)
            return Example(prepared, class_index=session.scheme(self._task).values.index(int(truth)))
        about = (mark(annotation.mask), annotation.confirmed, session.scheme(self._task).values)
        mask, foreground = shelf.mask(f"mask {about} {key}", lambda: self._mask(entry, prepared))
        _require_known(case.name, foreground)
        return Example(prepared, mask=mask, foreground=foreground)

    def _check(self, entry: LabelledCase) -> None:
        prepared = prepared_case(self._session, entry.case, self._plan, self._target)
        self._require_channels(entry.case.name, prepared)
        if entry.annotation.mask is not None:
            _require_known(entry.case.name, Foreground.of(self._mask(entry, prepared)))

    def _mask(self, entry: LabelledCase, prepared: Prepared) -> LabelArray:
        """Read a mask as class indices on the network's grid."""
        truth = annotated_truth(self._session, self._task, entry.annotation, prepared)
        indices = self._session.scheme(self._task).to_indices(np.asarray(truth))
        if entry.annotation.confirmed is not None:
            indices[~as_flags(entry.annotation.confirmed, len(indices))] = IGNORED
        z, y, x = prepared.image.shape[1:]
        return prepare_mask(indices, (z, y, x))

    def _require_channels(self, case: str, prepared: Prepared) -> None:
        found = prepared.image.shape[0]
        self.channels = self.channels or found
        if found != self.channels:
            msg = f"{case}: found {found} channels; the other cases have {self.channels}."
            raise GeometryError(msg)


def _require_known(case: str, foreground: Foreground) -> None:
    if foreground.known is not None and not len(foreground.known):
        msg = f"{case}: the confirmed slices lie between those that the network sees; confirm more."
        raise GeometryError(msg)
