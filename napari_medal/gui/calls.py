"""The use-cases that the desk asks for, as the worker calls them.

The loop brings the engine's libraries along, which take seconds to import. So it is imported in here, which is to say
in the worker's thread.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from napari_medal.core.target import LabelsAs, Target
from napari_medal.core.verification import Verification
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    from napari_medal.core.annotation import Annotation
    from napari_medal.core.progress import Progress
    from napari_medal.gui.panels.new_project import NewProject
    from napari_medal.loop.adding import AddReport
    from napari_medal.loop.answers import Reading
    from napari_medal.loop.journalling import CaseJournal
    from napari_medal.loop.making import Survey
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.ranking import WorkItem
    from napari_medal.loop.session import Session

_SPARE_CORES = 1
"""CPU cores that training leaves to the viewer."""


def open_project(folder: Path) -> "Session":
    """Open a project, and import the tasks that it has."""
    from napari_medal.loop.session import open_session

    session = open_session(folder, spare_cores=_SPARE_CORES)
    for name in session.project.settings.tasks:
        session.task(name)
    return session


def survey(images: Path) -> "Survey":
    """Look what a folder of images holds."""
    from napari_medal.loop import making
    from napari_medal.loop.session import installed_extensions

    return making.survey(images, installed_extensions())


def make_project(asked: "NewProject", progress: "Progress") -> str:
    """Make a project with its cases; return what came of it in words."""
    from napari_medal.loop.adding import Source
    from napari_medal.loop.creating import PLAIN_TASKS, Meanings, wishes
    from napari_medal.loop.making import ProjectWish
    from napari_medal.loop.making import make_project as make
    from napari_medal.loop.session import installed_extensions

    extensions = installed_extensions()
    asked_for = {Target.MASK: asked.structures, Target.CLASS: asked.classes, Target.VALUE: asked.quantity}
    tasks = [PLAIN_TASKS[target] for target, meaning in asked_for.items() if meaning]
    verification = Verification.SECOND_READER if asked.is_verified else Verification.NONE
    plain = wishes(tasks, Meanings(asked.structures, asked.classes, asked.quantity), None, None, extensions)
    wanted = [replace(wish, verification=verification) for wish in plain]
    labels_as = LabelsAs.DRAFTS if asked.masks_are_drafts else LabelsAs.ANNOTATIONS
    source = Source(asked.images, asked.masks, asked.subject_pattern or None, labels_as=labels_as)
    return _in_words(make(ProjectWish(asked.folder, asked.folder.name, wanted, source), extensions, progress))


def make_sample_project(folder: Path, progress: "Progress") -> str:
    """Make a project of phantoms, some of them labelled; return what came of it in words."""
    from napari_medal.loop.samples import make_sample_project as make
    from napari_medal.loop.session import installed_extensions

    return _in_words(make(folder, installed_extensions(), progress))


def list_cases(session: "Session", task: str, reader: str) -> "tuple[str, list[WorkItem]]":
    """Return the task and its work list, as far as a reader may see it."""
    from napari_medal.loop.ranking import work_list

    return task, work_list(session, task, reader)


def open_case(session: "Session", task: str, name: str, reader: str, settle: Callable[[str], None]) -> "OpenedCase":
    """Read a case, as far as a reader may see it; `settle` writes what was drawn and is not on the disk yet."""
    from napari_medal.loop import opening

    settle(name)
    return opening.open_case(session, task, name, reader)


def accept_choice(session: "Session", task: str, case: str, answer: int | float, provenance: "Reading") -> "Annotation":
    """Keep the value of a class (int), or a number (float), as the next revision."""
    from napari_medal.loop import answers

    if isinstance(answer, int):
        return answers.accept_class(session, task, case, answer, provenance)
    return answers.accept_value(session, task, case, answer, provenance)


def accept_drawn(
    session: "Session", task: str, mask: LabelArray, provenance: "Reading", journal: "CaseJournal"
) -> "Annotation":
    """Keep a mask (Z, Y, X) as the next revision of the case that its journal is about."""
    from napari_medal.loop import journalling

    return journalling.accept_drawn(session, task, mask, provenance, journal)


def read_ahead(session: "Session", name: str) -> None:
    """Begin to read the images of the case that will probably be opened next."""
    from napari_medal.loop import opening

    opening.read_ahead(session, name)


def skip(session: "Session", case: str) -> str:
    """Put a case behind all others; return its name."""
    from napari_medal.loop import answers

    answers.skip(session, case)
    return case


def reopen(session: "Session", case: str) -> str:
    """Take up a case again; return its name."""
    from napari_medal.loop import answers

    answers.reopen(session, case)
    return case


def begin_case(session: "Session", case: str) -> None:
    """Call a case one in progress: something was drawn on it."""
    from napari_medal.loop import opening

    opening.begin_case(session, case)


def unfinished_case(session: "Session") -> tuple[str, str] | None:
    """Return the task and the case that were being read when the program died."""
    from napari_medal.loop import opening

    return opening.unfinished_case(session)


def _in_words(report: "AddReport") -> str:
    text = f"Added {len(report.added)} cases, {len(report.labelled)} of them with labels."
    if report.broken:
        text += f" {len(report.broken)} cannot be read; the list says why."
    if report.refused_labels:
        first = report.refused_labels[0]
        text += f" {len(report.refused_labels)} labels were refused, such as that of {first.case}: {first.reason}"
    return text
