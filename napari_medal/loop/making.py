"""From a folder of images to a project with its cases: all of it, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from napari_medal.core.progress import Progress, Silent
from napari_medal.errors import MedalError, NoRoomError
from napari_medal.loop.adding import AddReport, Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.finding import find_cases, throwaway_pseudonyms
from napari_medal.loop.own_folder import remove_own
from napari_medal.loop.session import Extensions, Session


@dataclass(frozen=True)
class Survey:
    """What a folder of images holds: names of cases, channels of the first, and cases with a mask beside them.

    `form` is what people call such a folder, and `label_names` what the values in its masks mean, if it says so.
    """

    cases: tuple[str, ...]
    channels: int
    with_mask: int
    form: str = ""
    label_names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProjectWish:
    """A project to be made.

    Args:
        folder: New or empty.
        name: For people.
        tasks: What is asked of each case.
        source: Where its cases come from.
    """

    folder: Path
    name: str
    tasks: Sequence[TaskWish]
    source: Source


def survey(images: Path, extensions: Extensions, form: str = "", progress: Progress | None = None) -> Survey:
    """Look what a folder holds; headers and tables are opened at most, and names of patients go no farther.

    Raises:
        FormatError: The folder is missing, or its cases cannot be told apart.
        ExtensionError: There is no such form of folder.
        JobCancelled: The person cancelled.
    """
    finding = find_cases(images, form, extensions.folders, throwaway_pseudonyms, progress or Silent())
    return Survey(
        cases=tuple(case.name for case in finding.cases),
        channels=len(finding.cases[0].images) if finding.cases else 0,
        with_mask=sum(1 for case in finding.cases if case.mask is not None),
        form=finding.reader.title,
        label_names=finding.label_names,
    )


def make_project(wish: ProjectWish, extensions: Extensions, progress: Progress) -> AddReport:
    """Make a project and bring its cases in; what fails or is cancelled leaves the folder as it was.

    Raises:
        ProjectError: The folder is not empty.
        SettingsError, FormatError, ExtensionError: A wish cannot be understood, or there are no cases.
        NoRoomError: The disk is full.
        JobCancelled: The person cancelled.
    """
    was_there = wish.folder.exists()
    session = new_project(wish.folder, wish.name, wish.tasks, extensions)
    try:
        report = add_cases(session, wish.source, progress)
    except NoRoomError as error:
        _undo(session, wish.folder, was_there)
        msg = f"{wish.folder}: found no room on the disk for the project and its cases; wanted more. Nothing was made."
        raise NoRoomError(msg) from error
    except (MedalError, OSError, KeyboardInterrupt):
        _undo(session, wish.folder, was_there)
        raise
    session.close()
    return report


def _undo(session: Session, folder: Path, was_there: bool) -> None:
    """Leave a folder as it was: a project that never got its cases is no project."""
    session.close()
    remove_own(folder.resolve())
    if was_there:
        folder.resolve().mkdir()
