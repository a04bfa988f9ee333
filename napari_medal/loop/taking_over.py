"""Labels that came along as answers of the project, those that fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from napari_medal.catalogue.no_room import says_no_room
from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.progress import Progress
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.fit_label import fit_label
from napari_medal.loop.answers import Reading, accept_class, accept_mask, accept_value
from napari_medal.loop.incoming import Incoming
from napari_medal.loop.labels_along import FoundLabels
from napari_medal.loop.session import Session

_BLOCKING = (Verdict.REPAIRABLE, Verdict.REFUSED)


@dataclass(frozen=True)
class Rejected:
    """A file that was not taken as a label, or a case that is broken, and why."""

    case: str
    reason: str


@dataclass
class TakenOver:
    """What became of labels, as it grows: cases that have one or a draft now, what was refused, and notes by case."""

    cases: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    refused: list[Rejected] = field(default_factory=list)
    notes: dict[str, list[FileNote]] = field(default_factory=dict)


def take_over(
    session: Session,
    task: str,
    labels: Mapping[Incoming, FoundImage | int | float],
    reading: Reading,
    repair: bool,
    taken: TakenOver,
    progress: Progress,
) -> None:
    """Keep the labels of one task; those that do not fit are listed, and their cases stay unlabelled.

    Raises:
        OSError: The disk is full.
    """
    for done, (case, label) in enumerate(labels.items()):
        progress.step(done, len(labels), "Taking over labels")
        finished = reading.finished and not (isinstance(label, FoundImage) and label.meaning.draft)
        try:
            if isinstance(label, FoundImage):
                _take_mask(session, task, case, label, replace(reading, finished=finished), repair, taken)
            elif isinstance(label, float):
                accept_value(session, task, case.name, label, reading)
            else:
                accept_class(session, task, case.name, label, reading)
            (taken.cases if finished else taken.drafts).append(case.name)
        except (FormatError, GeometryError, OSError) as error:
            if says_no_room(error):
                raise
            taken.refused.append(Rejected(case.name, case.told(str(error))))


def labels_of(cases: Mapping[str, Incoming], labels: FoundLabels) -> dict[Incoming, FoundImage | int | float]:
    """Return the labels of cases that are there, by the names under which both were found."""
    return {cases[name]: label for name, label in labels.items() if name in cases}


def _take_mask(
    session: Session,
    task: str,
    case: Incoming,
    label: FoundImage,
    reading: Reading,
    repair: bool,
    taken: TakenOver,
) -> None:
    grid = session.files.read_case(session.project.cases.get(case.name).images)[0].grid
    fitted = fit_label(session.files, label, grid, session.scheme(task), repair)
    told = [FileNote(note.kind, note.verdict, case.told(note.words)) for note in fitted.notes]
    taken.notes.setdefault(case.name, []).extend(told)
    if fitted.mask is None:
        raise GeometryError(" ".join(note.words for note in told if note.verdict in _BLOCKING))
    if label.meaning.draft:
        words = case.told(f"{label.files[0]}: {label.meaning.draft}; it was taken as a draft to start from.")
        taken.notes[case.name].append(FileNote(NoteKind.OTHER, Verdict.NOTED, words))
    accept_mask(session, task, case.name, fitted.mask, replace(reading, confirmed=fitted.confirmed))
