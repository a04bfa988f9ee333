"""How a project stands, in numbers."""

from collections import Counter
from dataclasses import dataclass

from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.case import CaseState, Split
from napari_medal.core.file_note import FileNote
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.loop.counted import counted
from napari_medal.loop.reader_agreement import ReaderAgreement, reader_agreement
from napari_medal.loop.session import Session
from napari_medal.registry import BrokenExtension


@dataclass(frozen=True)
class TaskStatus:
    """One task: its labels, how many cases are annotated (of them in part), and its versions, oldest first.

    `choices` says what ranks, what counts as unsure, and how often a case is drawn at random. `second_reader` says what
    was verified, and how the two readers agree; None without a second reader.
    """

    name: str
    labels: tuple[str, ...]
    annotated: int
    annotated_in_part: int
    reading: ReadingMode
    choices: TaskChoices
    models: tuple[ModelVersion, ...]
    live: ModelVersion | None
    second_reader: ReaderAgreement | None = None


@dataclass(frozen=True)
class BrokenCase:
    """A case that cannot be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Status:
    """The whole project; `notes` has what a person should know of the files of a case."""

    name: str
    cases: int
    subjects: int
    states: dict[CaseState, int]
    splits: dict[Split, int]
    tasks: tuple[TaskStatus, ...]
    broken_cases: tuple[BrokenCase, ...]
    broken_extensions: tuple[BrokenExtension, ...]
    notes: dict[str, tuple[FileNote, ...]]


def project_status(session: Session) -> Status:
    """Count."""
    cases = session.project.cases.all()
    states = Counter(case.state for case in cases)
    split_of = {case.subject: case.split for case in cases}
    splits = Counter(split_of.values())
    return Status(
        name=session.project.settings.name,
        cases=len(cases),
        subjects=len(split_of),
        states={state: states[state] for state in CaseState},
        splits={split: splits[split] for split in Split},
        tasks=tuple(_task(session, name) for name in session.project.settings.tasks),
        broken_cases=tuple(
            BrokenCase(case.name, case.broken_reason) for case in cases if case.state is CaseState.BROKEN
        ),
        broken_extensions=tuple(session.extensions.broken()),
        notes=session.project.cases.all_notes(),
    )


def _task(session: Session, name: str) -> TaskStatus:
    annotations = counted(session, name)
    return TaskStatus(
        name=name,
        labels=session.scheme(name).titles,
        annotated=len(annotations),
        annotated_in_part=sum(1 for found in annotations.values() if found.confirmed is not None),
        reading=session.project.task_settings(name).reading,
        choices=session.project.settings.choices(name),
        models=tuple(session.project.models.all(name)),
        live=session.project.models.live(name),
        second_reader=reader_agreement(session, name),
    )
