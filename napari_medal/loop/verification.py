"""Second readers: which labels await one, and who may verify which."""

from collections.abc import Mapping

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.core.labels import LabelScheme
from napari_medal.core.verification import Stage, Verification
from napari_medal.core.verified import Verified
from napari_medal.edit.changes import changed_voxels
from napari_medal.errors import ProjectError
from napari_medal.loop.counted import counted
from napari_medal.loop.session import Session
from napari_medal.metrics.overlap import dice
from napari_medal.types import LabelArray

_PUT_ASIDE = (CaseState.NEEDS_SECOND_LOOK, CaseState.SKIPPED)


def stage_of(session: Session, task: str, label: Annotation | None, reader: str) -> Stage:
    """Say where the accepted label of a case stands, as a reader sees it; labels in part await nobody yet."""
    if session.project.task_settings(task).verification is Verification.NONE:
        return Stage.NOT_ASKED
    if label is None or not label.accepted or label.confirmed is not None:
        return Stage.NOT_ASKED
    if label.verified is not None:
        return Stage.VERIFIED
    return Stage.AWAITING if _is_same(label.reader, reader) else Stage.TO_VERIFY


def stages(session: Session, task: str, labels: Mapping[str, Annotation], reader: str) -> dict[str, Stage]:
    """Return where the labels that count stand, by case; cases that were put aside wait for something else.

    Of a task without a second reader nothing stands anywhere.
    """
    if session.project.task_settings(task).verification is Verification.NONE:
        return {}
    aside = _aside(session)
    return {name: stage_of(session, task, label, reader) for name, label in labels.items() if name not in aside}


def unverified(session: Session, labels: Mapping[str, Annotation]) -> list[str]:
    """Return the cases whose label stands whole and has no second reader's word, whether the task wants one or not."""
    aside = _aside(session)
    return [
        name
        for name, label in labels.items()
        if label.confirmed is None and label.verified is None and name not in aside
    ]


def verified_by(session: Session, task: str, shown: int | None, reader: str) -> Annotation | None:
    """Return the label that a reader verifies by accepting what they were shown; None for one of their own.

    A label is verified by another reader than the one who accepted it. A verified label that is taken up again awaits
    verification anew, unless the second reader takes it up who verified it.

    Args:
        session: The session.
        task: The task.
        shown: The accepted label that the reader was shown, by identifier.
        reader: Who accepts.
    """
    annotations = session.project.annotations
    label = None if shown is None else annotations.by_identifier([shown]).get(shown)
    stage = stage_of(session, task, label, reader)
    if label is None or stage is Stage.TO_VERIFY:
        return label
    if stage is Stage.VERIFIED and label.verified is not None and _is_same(label.reader, reader):
        first = label.verified.identifier
        return annotations.by_identifier([first]).get(first)
    return None


def label_to_verify(session: Session, task: str, case: str, reader: str) -> Annotation:
    """Return the label of a case that a reader is to verify.

    Raises:
        ProjectError: None awaits verification, or it is the reader's own.
    """
    label = counted(session, task).get(session.project.cases.get(case).name)
    stage = stage_of(session, task, label, reader)
    if label is not None and stage is Stage.TO_VERIFY:
        return label
    if label is not None and stage is Stage.AWAITING:
        msg = f"{case}: found a label that '{label.reader}' accepted; wanted another reader to verify it."
    elif label is not None and stage is Stage.VERIFIED:
        msg = f"{case}: found a label that '{label.reader}' has verified already; accept a new one to change it."
    elif session.project.task_settings(task).verification is Verification.NONE:
        msg = f"The task '{task}' has no second reader; wanted verification = \"second-reader\" in medal.toml."
    else:
        msg = f"{case}: found no label that was accepted whole; wanted one to verify."
    raise ProjectError(msg)


def compared_masks(label: Annotation, before: LabelArray, after: LabelArray, scheme: LabelScheme) -> Verified:
    """Compare what a second reader accepted with the label that they verify; both (Z, Y, X)."""
    changed = changed_voxels(before, after)
    if changed == 0:
        return Verified(label.identifier, 0, 1.0)
    held = sorted({*scheme.occurring(before), *scheme.occurring(after)})
    overlaps = [dice(before == value, after == value) for value in held]
    return Verified(label.identifier, changed, float(sum(overlaps)) / len(overlaps))


def compared_answers(label: Annotation, answer: int | float) -> Verified:
    """Compare the class (int) or the number (float) of a second reader with the one that they verify."""
    before = label.value if isinstance(answer, float) else label.class_value
    return Verified(label.identifier, int(before != answer))


def _aside(session: Session) -> set[str]:
    """Return the cases that were put aside."""
    return {case.name for case in session.project.cases.all() if case.state in _PUT_ASIDE}


def _is_same(one: str, other: str) -> bool:
    """Tell whether two names are one reader's: capitals and spaces make no second reader."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
