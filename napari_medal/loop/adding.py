"""Bring cases, and labels that exist already, into a project."""

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from napari_medal.atomic import write_atomic
from napari_medal.catalogue.cases import NewCase
from napari_medal.catalogue.project import Project
from napari_medal.core.case import CaseState
from napari_medal.core.file_note import FileNote
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.progress import Progress
from napari_medal.core.target import LabelsAs, Target
from napari_medal.errors import FormatError, GeometryError, SettingsError
from napari_medal.io.class_table import read_class_table
from napari_medal.io.companions import companions
from napari_medal.io.discover import discover, match_masks
from napari_medal.io.value_table import read_value_table
from napari_medal.loop.answers import Reading, accept_class, accept_file, accept_value
from napari_medal.loop.session import Session
from napari_medal.metrics.looks import looks

IMPORTED = "imported"
"""The reader's name on labels that came with the images."""


@dataclass(frozen=True)
class Source:
    """Where cases come from.

    Args:
        images: Folder of images.
        labels: Folder of masks, or of a table of classes or values, or the table itself; None leaves every case
            unlabelled but for masks that lie beside their images.
        subject_pattern: Regular expression whose first group, or whole match, is the subject in a case's name; by
            default every case is a subject of its own.
        reader: Who is named on the labels that come along.
        labels_as: Whether those labels are accepted as they are.
        form: Name of the reader of folders that reads it; "" for the one that recognises it.
        repair: Whether what is repairable is repaired; else such cases are listed as broken.
        only: Which of the cases that are found are wanted; None for all.
    """

    images: Path
    labels: Path | None = None
    subject_pattern: str | None = None
    reader: str = IMPORTED
    labels_as: LabelsAs = LabelsAs.ANNOTATIONS
    form: str = ""
    repair: bool = False
    only: Callable[[FoundCase], bool] | None = None


@dataclass(frozen=True)
class Rejected:
    """A file that was not taken as a label, or a case that is broken, and why."""

    case: str
    reason: str


@dataclass(frozen=True)
class AddReport:
    """What came of adding: names of cases, the labelled, the drafted, those known before, and what was refused.

    `notes` has what a person should know of the files, by case; `form` is what kind of folder it was.
    """

    added: tuple[str, ...]
    labelled: tuple[str, ...]
    known_before: tuple[str, ...]
    broken: tuple[Rejected, ...]
    refused_labels: tuple[Rejected, ...]
    drafted: tuple[str, ...] = ()
    notes: Mapping[str, tuple[FileNote, ...]] = field(default_factory=dict)
    form: str = ""


@dataclass
class _Tally:
    """The report as it grows."""

    labelled: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)
    broken: list[Rejected] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)


def add_cases(session: Session, source: Source, progress: Progress) -> AddReport:
    """Copy new images into the project, check each, and take over labels that come with them.

    A case that cannot be read is entered as broken, with its reason; the rest goes on. A label that does not fit is
    refused and listed; its case stays unlabelled. Cases that the project has already are left as they are.

    Raises:
        FormatError: The folder is missing, or holds nothing that can be read; the table cannot be read, or a case
            has two masks. Nothing was entered.
        SettingsError: The subject pattern is not a regular expression.
    """
    if source.labels is not None and not source.labels.exists():
        msg = f"{source.labels}: found nothing there; wanted a folder of masks, or a table."
        raise FormatError(msg)
    found = discover(source.images, session.files.suffixes)
    if not found:
        msg = f"{source.images}: found no image; wanted files ending in {', '.join(session.files.suffixes)}."
        raise FormatError(msg)
    if source.only is not None:
        found = [case for case in found if source.only(case)]
    known = {case.name for case in session.project.cases.all()}
    new = [case for case in found if case.name not in known]
    labels = {task: _find_labels(session, task, new, source.labels) for task in session.project.settings.tasks}
    tally = _Tally()
    entered = []
    for done, case in enumerate(new):
        progress.step(done, len(new), "Adding cases")
        entered.append(_enter(session, case, _subject(case.name, source.subject_pattern), tally))
    session.project.cases.add(entered)
    usable = {row.name for row in entered if not row.broken_reason}
    for task, found_labels in labels.items():
        own = {name: label for name, label in found_labels.items() if name in usable}
        reading = Reading(source.reader, finished=source.labels_as is LabelsAs.ANNOTATIONS)
        _take_labels(session, task, own, reading, tally, progress)
    return AddReport(
        added=tuple(case.name for case in new),
        labelled=tuple(sorted(set(tally.labelled))),
        known_before=tuple(sorted(known & {case.name for case in found})),
        broken=tuple(tally.broken),
        refused_labels=tuple(tally.refused),
        drafted=tuple(sorted(set(tally.drafted))),
    )


def copy_cases(source: Project, target: Project, progress: Progress) -> None:
    """Copy the images of one project into another; labels, predictions, models and rejected cases stay behind."""
    cases = [case for case in source.cases.all() if case.state is not CaseState.REJECTED]
    rows = []
    seen = source.cases.looks()
    for done, case in enumerate(cases):
        progress.step(done, len(cases), "Copying cases")
        folder = target.layout.images(case.name)
        copies = tuple(_copy(path, folder) for path in case.images)
        checksums = tuple(_sha256(path) for path in copies)
        rows.append(NewCase(case.name, case.subject, copies, checksums, case.broken_reason, seen.get(case.name)))
    target.cases.add(rows)


def find_classes(session: Session, task: str, table: Path) -> Mapping[str, int]:
    """Read a class table, or the only one in a folder.

    Raises:
        FormatError: There is none, there are several, or it cannot be read.
    """
    return read_class_table(_only_table(table), session.scheme(task))


def find_values(session: Session, task: str, table: Path) -> Mapping[str, float]:
    """Read a table of values, or the only one in a folder.

    Raises:
        FormatError: There is none, there are several, or it cannot be read.
    """
    return read_value_table(_only_table(table), session.scheme(task).measured)


def find_masks(session: Session, cases: Sequence[FoundCase], labels: Path | None) -> dict[str, FoundImage]:
    """Find the masks of cases, beside them or in another folder."""
    beside = {case.name: case.mask for case in cases if case.mask is not None}
    if labels is None or labels.is_file():
        return beside
    return beside | match_masks(cases, labels, session.files.suffixes)


def _enter(session: Session, case: FoundCase, subject: str, tally: _Tally) -> NewCase:
    """Check a case, look at it, and copy its files; a broken one is not copied."""
    try:
        seen = looks(session.files.read_case(_files_of(case)))
    except (FormatError, GeometryError, OSError) as error:
        tally.broken.append(Rejected(case.name, str(error)))
        return NewCase(case.name, subject, (), (), broken_reason=str(error))
    folder = session.project.layout.images(case.name)
    copies = tuple(_copy(path, folder) for path in _files_of(case))
    return NewCase(case.name, subject, copies, tuple(_sha256(copy) for copy in copies), looks=seen)


def _find_labels(
    session: Session, task: str, cases: Sequence[FoundCase], labels: Path | None
) -> Mapping[str, FoundImage] | Mapping[str, int] | Mapping[str, float]:
    """Find the labels of one task that come with the cases: masks, classes or values by case name."""
    target = session.task(task).target
    if target is Target.MASK:
        return find_masks(session, cases, labels)
    if labels is None or not _has_table(labels):
        return {}
    return find_classes(session, task, labels) if target is Target.CLASS else find_values(session, task, labels)


def _take_labels(
    session: Session,
    task: str,
    labels: Mapping[str, FoundImage | int | float],
    reading: Reading,
    tally: _Tally,
    progress: Progress,
) -> None:
    """Keep the labels of one task; those that do not fit are listed."""
    for done, (name, label) in enumerate(labels.items()):
        progress.step(done, len(labels), "Taking over labels")
        try:
            if isinstance(label, FoundImage):
                accept_file(session, task, name, label, reading)
            elif isinstance(label, float):
                accept_value(session, task, name, label, reading)
            else:
                accept_class(session, task, name, label, reading)
            (tally.labelled if reading.finished else tally.drafted).append(name)
        except (FormatError, GeometryError, OSError) as error:
            tally.refused.append(Rejected(name, str(error)))


def _files_of(case: FoundCase) -> tuple[Path, ...]:
    return tuple(path for image in case.images for path in image.files)


def _only_table(path: Path) -> Path:
    if not path.is_dir():
        return path
    tables = sorted(path.glob("*.csv"))
    if len(tables) != 1:
        names = ", ".join(found.name for found in tables) or "none"
        msg = f"{path}: found these tables: {names}; wanted exactly one .csv with an answer for each case."
        raise FormatError(msg)
    return tables[0]


def _has_table(labels: Path) -> bool:
    return labels.is_file() or any(labels.glob("*.csv"))


def _subject(case: str, pattern: str | None) -> str:
    if pattern is None:
        return case
    try:
        match = re.search(pattern, case)
    except re.error as error:
        msg = f"The subject pattern '{pattern}' is not a regular expression: {error}."
        raise SettingsError(msg) from error
    if match is None:
        return case
    return match.group(1) if match.groups() else match.group(0)


def _copy(original: Path, folder: Path) -> Path:
    """Copy a file into a folder, and what belongs to it, atomically."""
    for path in (*companions(original), original):
        write_atomic(folder / path.name, partial(_copy_content, path))
    return folder / original.name


def _copy_content(original: Path, copy: Path) -> None:
    shutil.copyfile(original, copy)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
