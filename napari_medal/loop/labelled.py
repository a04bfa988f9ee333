"""The accepted labels of a task, gathered for training and validation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Case, Split
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.recipe import Recipe
from napari_medal.core.slice_ranges import SliceRanges, as_flags
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.examples import Example
from napari_medal.engine.fingerprint import fingerprint
from napari_medal.engine.loss import IGNORED
from napari_medal.engine.prepare import Prepared, prepare_mask
from napari_medal.errors import FormatError, GeometryError, ModelError
from napari_medal.loop.counted import counted
from napari_medal.loop.judging import Truth, annotated_truth, prepared_case
from napari_medal.loop.session import Session
from napari_medal.loop.value_scale import value_scale


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
    """Return the cases of a split with a label that counts."""
    annotations = counted(session, task)
    return [
        LabelledCase(case, annotations[case.name])
        for case in session.project.cases.all()
        if case.split is split and case.name in annotations
    ]


def make_plan(
    session: Session, cases: Sequence[LabelledCase], recipe: Recipe, device: Device, progress: Progress
) -> Plan:
    """Plan a recipe from the fingerprint of the cases that can be read, and the scale of their values if they have any.

    Raises:
        ModelError: None can.
        JobCancelled: The person cancelled.
    """
    grids = []
    channels = 1
    for entry in cases:
        progress.check()
        try:
            volumes = session.files.read_case(entry.case.images)
        except (FormatError, GeometryError, OSError):
            continue  # `gather` meets the same error and reports it
        grids.append(volumes[0].grid)
        channels = len(volumes)
    plan = recipe.plan(fingerprint(grids, channels), device.memory)
    if recipe.target is not Target.VALUE:
        return plan
    quantity = session.scheme(cases[0].annotation.task).measured
    return replace(plan, value_scale=value_scale([entry.annotation.value for entry in cases], quantity))


def gather(session: Session, task: str, plan: Plan, target: Target, progress: Progress) -> Gathered:
    """Prepare every labelled case; those that cannot be read are left out and listed.

    Raises:
        ModelError: Nothing is left to train on, or there are more labels than a network takes.
    """
    if len(session.scheme(task)) >= IGNORED:
        msg = f"The task '{task}' has {len(session.scheme(task))} labels; a network takes {IGNORED - 1} at most."
        raise ModelError(msg)
    gathering = _Gathering(session, task, plan, target, progress)
    training = gathering.usable(labelled_cases(session, task, Split.TRAINING))
    validation = gathering.usable(labelled_cases(session, task, Split.VALIDATION))
    if not training:
        reasons = "".join(f"; {left.case}: {left.reason}" for left in gathering.unreadable[:3])
        msg = f"Training '{task}' needs at least one accepted label that can be read; found none{reasons}."
        raise ModelError(msg)
    return Gathered(
        channels=gathering.channels or 1,
        examples=tuple(example for _, example in training),
        training=tuple(entry for entry, _ in training),
        validation=tuple(entry for entry, _ in validation),
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

    def usable(self, cases: Sequence[LabelledCase]) -> list[tuple[LabelledCase, Example]]:
        """Return the cases that can be read, as examples."""
        found = []
        for done, entry in enumerate(cases):
            self._progress.step(done, len(cases), "Reading labelled cases")
            try:
                found.append((entry, self._example(entry)))
            except (FormatError, GeometryError, OSError) as error:
                self.unreadable.append(Unreadable(entry.case.name, str(error)))
        return found

    def _example(self, entry: LabelledCase) -> Example:
        prepared = prepared_case(self._session, entry.case, self._plan, self._target)
        self._require_channels(entry.case.name, prepared)
        truth = annotated_truth(self._session, self._task, entry.annotation, prepared)
        scheme = self._session.scheme(self._task)
        if isinstance(truth, float):
            return Example(prepared, value=truth)
        if isinstance(truth, int):
            return Example(prepared, class_index=scheme.values.index(truth))
        indices = scheme.to_indices(truth)
        if entry.annotation.confirmed is not None:
            indices[~as_flags(entry.annotation.confirmed, len(indices))] = IGNORED
        z, y, x = prepared.image.shape[1:]
        mask = prepare_mask(indices, (z, y, x))
        if (mask == IGNORED).all():
            msg = f"{entry.case.name}: the confirmed slices lie between those that the network sees; confirm more."
            raise GeometryError(msg)
        return Example(prepared, mask=mask)

    def _require_channels(self, case: str, prepared: Prepared) -> None:
        found = prepared.image.shape[0]
        self.channels = self.channels or found
        if found != self.channels:
            msg = f"{case}: found {found} channels; the other cases have {self.channels}."
            raise GeometryError(msg)
