"""The use-cases of reviewing, as the worker calls them; imported there, like those in `calls`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from napari_medal.core.reading_mode import ReadingMode

if TYPE_CHECKING:
    from napari_medal.loop.notes import CaseNotes
    from napari_medal.loop.session import Session


def flag(session: "Session", case: str) -> str:
    """Ask for a second look at a case; return its name."""
    from napari_medal.loop import answers

    answers.flag(session, case)
    return case


def reject(session: "Session", case: str) -> str:
    """Take a case out of the dataset; return its name."""
    from napari_medal.loop import answers

    answers.reject(session, case)
    return case


def notes_of(session: "Session", case: str) -> "CaseNotes":
    """Collect the notes of a case."""
    from napari_medal.loop import notes

    return notes.case_notes(session, case)


def add_comment(session: "Session", case: str, reader: str, text: str) -> "CaseNotes":
    """Keep a remark; return the notes of the case."""
    from napari_medal.loop import notes

    notes.add_comment(session, case, reader, text)
    return notes.case_notes(session, case)


def set_difficulty(session: "Session", case: str, difficulty: int | None) -> "CaseNotes":
    """Say how hard a case is; return its notes."""
    from napari_medal.loop import notes

    notes.set_difficulty(session, case, difficulty)
    return notes.case_notes(session, case)


def set_tags(session: "Session", case: str, tags: Sequence[str]) -> "CaseNotes":
    """Replace the tags of a case; return its notes."""
    from napari_medal.loop import notes

    notes.set_tags(session, case, tags)
    return notes.case_notes(session, case)


def set_mode(session: "Session", task: str, mode: ReadingMode) -> tuple[str, ReadingMode]:
    """Let readers and model share the readings in another way; return the task and the mode."""
    from napari_medal.loop.reading_mode import set_reading_mode

    set_reading_mode(session, task, mode)
    return task, mode


def ruled_out_in_words(session: "Session", task: str) -> tuple[str, str]:
    """Return the task, and how many cases the model rules out and would miss; "" where it rules out none by mode."""
    from napari_medal.loop import rule_out

    if session.project.task_settings(task).reading is not ReadingMode.RULE_OUT:
        return task, ""
    count = len(rule_out.ruled_out(session, task))
    listed = f"{count} case{'s' if count != 1 else ''} listed apart"
    figure = str(rule_out.miss_rate(session, task))
    return task, f"{listed}; {figure}. Retrain or predict again where cases are new."


def agreement_in_words(session: "Session", task: str) -> tuple[str, str]:
    """Return the task, and how its two readers agree; "" for a task without a second reader."""
    from napari_medal.loop.reader_agreement import reader_agreement

    found = reader_agreement(session, task)
    return task, "" if found is None else found.in_words


def read_guideline(session: "Session") -> str:
    """Return the guideline."""
    from napari_medal.loop import guideline

    return guideline.read_guideline(session)


def save_guideline(session: "Session", text: str) -> str:
    """Write the guideline; return it."""
    from napari_medal.loop import guideline

    guideline.save_guideline(session, text)
    return text
