"""What came of adding, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING

from napari_medal.core.file_note import FileNote, Verdict

if TYPE_CHECKING:
    from napari_medal.loop.adding import AddReport


class Outcome(StrEnum):
    """What became of a case."""

    ADDED = "added"
    LABELLED = "added with its label"
    DRAFTED = "added with a draft"
    MENDED = "broken before"
    LABELLED_LATER = "label came later"
    KNOWN = "known before"
    BROKEN = "broken"
    LABEL_REFUSED = "label refused"


@dataclass(frozen=True)
class Arrival:
    """One line: a case, what became of it, and a note on its files if there is one; `words` says why, or what."""

    case: str
    outcome: Outcome
    words: str = ""
    note: FileNote | None = None

    @property
    def is_repairable(self) -> bool:
        """Whether the case, or its label, would come in if a person asked for a repair."""
        return self.is_problem and self.note is not None and self.note.verdict is Verdict.REPAIRABLE

    @property
    def is_problem(self) -> bool:
        """Whether something was not taken."""
        return self.outcome in (Outcome.BROKEN, Outcome.LABEL_REFUSED)


def arrivals_of(report: "AddReport", folder: Path | None = None) -> list[Arrival]:
    """Return a line for each case and for each note: what was not taken comes first, what was known before last.

    Args:
        report: What came of it.
        folder: Paths in it are told from there.
    """
    lines = _all_lines(report)
    return (
        lines if folder is None else [replace(line, words=line.words.replace(f"{folder}{sep}", "")) for line in lines]
    )


def _all_lines(report: "AddReport") -> list[Arrival]:
    broken = {entry.case: entry.reason for entry in report.broken}
    lines = [line for case, reason in broken.items() for line in _lines(report, case, Outcome.BROKEN, reason)]
    for entry in report.refused_labels:
        note = next((note for note in report.notes.get(entry.case, ()) if note.words == entry.reason), None)
        lines.append(Arrival(entry.case, Outcome.LABEL_REFUSED, entry.reason, note))
    taken = [case for case in (*report.added, *report.mended) if case not in broken]
    lines += [line for case in taken for line in _lines(report, case, _outcome(report, case), "")]
    for case in report.labelled_later:
        lines += _lines(report, case, Outcome.LABELLED_LATER, "")
    return lines + [Arrival(case, Outcome.KNOWN) for case in report.known_before]


def _outcome(report: "AddReport", case: str) -> Outcome:
    if case in report.labelled:
        return Outcome.LABELLED
    if case in report.drafted:
        return Outcome.DRAFTED
    return Outcome.MENDED if case in report.mended else Outcome.ADDED


def _lines(report: "AddReport", case: str, outcome: Outcome, reason: str) -> Iterator[Arrival]:
    """Give the notes of a case; a reason that they do not tell, or a case without notes, has a line of its own."""
    refused = {entry.reason for entry in report.refused_labels if entry.case == case}
    notes = [note for note in report.notes.get(case, ()) if not any(note.words in words for words in refused)]
    if not notes or (reason and not any(note.words in reason for note in notes)):
        yield Arrival(case, outcome, reason)
    for note in notes:
        yield Arrival(case, outcome, note.words, note)
