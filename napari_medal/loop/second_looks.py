"""The list of what somebody should look at again."""

from collections.abc import Mapping
from dataclasses import dataclass

from napari_medal.catalogue.second_looks import in_order
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState, Split
from napari_medal.core.progress import Progress
from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.core.target import Target
from napari_medal.errors import SettingsError
from napari_medal.loop.class_check import ClassCheck
from napari_medal.loop.counted import counted
from napari_medal.loop.doubled_cases import doubled_cases
from napari_medal.loop.labelled import Unreadable, labelled_cases
from napari_medal.loop.looking import look_at
from napari_medal.loop.mask_check import MaskCheck
from napari_medal.loop.session import Session
from napari_medal.loop.splitting import draw_splits
from napari_medal.loop.unlike_cases import unlike_cases
from napari_medal.loop.unseen import answer_unseen
from napari_medal.loop.value_check import ValueCheck

FOLDS = 3
_FEWEST_FOLDS = 2
_LEFT_OUT = (CaseState.BROKEN, CaseState.REJECTED)

Check = MaskCheck | ClassCheck | ValueCheck


@dataclass(frozen=True)
class Search:
    """What a search for second looks did.

    Args:
        folds: Trainings that labels were compared with; 0 where there were too few labels.
        judged: Labels that were compared.
        unreadable: Labelled cases that could not be.
        looks: The list now.
    """

    folds: int
    judged: int
    unreadable: tuple[Unreadable, ...]
    looks: tuple[SecondLook, ...]

    @property
    def told(self) -> str:
        """What was compared, for people."""
        if not self.folds:
            return "Labels were not compared with a model: that takes labels of two subjects at least."
        return f"{self.judged} labels compared with the answers of {self.folds} trainings that had not seen them."


def search_second_looks(session: Session, task: str, folds: int, progress: Progress) -> Search:
    """Look for labels that are likely wrong, for cases unlike all others, and for exams that are there twice.

    Labels are compared with networks that have not seen them; those of the test set are left out. The list takes the
    place of the last one; no model version is made. An interrupted search goes on where it was.

    Args:
        session: The session.
        task: The task.
        folds: Trainings at most; with fewer labelled subjects there are as many as subjects.
        progress: Told of each step.

    Raises:
        ModelError: No accepted label can be read.
        SettingsError: What the settings say of learning does not fit the task.
        JobCancelled: The person cancelled; the last list stays.
    """
    cases = [case for case in session.project.cases.all() if case.state not in _LEFT_OUT]
    look_at(session, progress, cases)
    looks = doubled_cases(session, cases, progress)
    looks += unlike_cases(session, task, {case.name for case in cases})
    draw_splits(session, task)
    subjects = {entry.case.subject for entry in labelled_cases(session, task, Split.TRAINING)}
    usable = min(folds, len(subjects))
    judged = 0
    unreadable: tuple[Unreadable, ...] = ()
    if usable >= _FEWEST_FOLDS:
        check = _check(session, task)
        unseen = answer_unseen(session, task, usable, progress, [check.add])
        looks += check.looks({entry.case.name: entry.annotation for entry in unseen.cases})
        judged, unreadable = len(unseen.cases), unseen.unreadable
    session.project.second_looks.replace(task, in_order(looks))
    used = usable if usable >= _FEWEST_FOLDS else 0
    return Search(used, judged, unreadable, tuple(second_looks(session, task)))


def second_looks(session: Session, task: str) -> list[SecondLook]:
    """Return what the last search found and nobody has settled since, the most suspicious first.

    A look is settled when it was dismissed, when the label in question was replaced, or when the case was rejected.
    """
    current = counted(session, task)
    left_out = {case.name for case in session.project.cases.all() if case.state in _LEFT_OUT}
    return [
        look
        for look in session.project.second_looks.all(task)
        if not look.dismissed and look.case not in left_out and _is_in_question(look, current)
    ]


def dismiss(session: Session, task: str, case: str, kind: LookKind) -> None:
    """Note that somebody has looked and that it is right; it is not listed again while the label stays the same.

    Raises:
        UnknownCaseError: The project has no such case.
    """
    session.project.second_looks.dismiss(task, case, kind)


def dismiss_case(session: Session, task: str, case: str) -> None:
    """Note that all that is listed of a case is right.

    Raises:
        UnknownCaseError: The project has no such case.
        SettingsError: Nothing is listed of it.
    """
    session.project.cases.get(case)
    kinds = [look.kind for look in second_looks(session, task) if look.case == case]
    if not kinds:
        msg = f"Case '{case}' is not on the list of second looks of the task '{task}'."
        raise SettingsError(msg)
    for kind in kinds:
        dismiss(session, task, case, kind)


def _is_in_question(look: SecondLook, current: Mapping[str, Annotation]) -> bool:
    if look.annotation is None:
        return True
    annotation = current.get(look.case)
    return annotation is not None and annotation.identifier == look.annotation


def _check(session: Session, task: str) -> Check:
    scheme = session.scheme(task)
    checks: dict[Target, type[Check]] = {
        Target.MASK: MaskCheck,
        Target.CLASS: ClassCheck,
        Target.VALUE: ValueCheck,
    }
    return checks[session.task(task).target](scheme)
