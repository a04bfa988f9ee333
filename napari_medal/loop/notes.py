"""What readers note of a case."""

from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.core.comment import Comment
from napari_medal.errors import SettingsError
from napari_medal.loop.session import Session

HARDEST = 5


@dataclass(frozen=True)
class CaseNotes:
    """All that readers noted of a case; comments oldest first."""

    case: str
    difficulty: int | None
    tags: tuple[str, ...]
    comments: tuple[Comment, ...]


def case_notes(session: Session, case: str) -> CaseNotes:
    """Collect the notes of a case."""
    found = session.project.cases.get(case)
    return CaseNotes(case, found.difficulty, found.tags, tuple(session.project.notes.comments(case)))


def add_comment(session: Session, case: str, reader: str, text: str) -> None:
    """Keep a remark for good.

    Raises:
        SettingsError: It is empty.
    """
    if not text.strip():
        msg = "Found an empty comment; wanted some words."
        raise SettingsError(msg)
    session.project.notes.add_comment(case, reader, text.strip())


def set_difficulty(session: Session, case: str, difficulty: int | None) -> None:
    """Say how hard a case is, from 1 (easy) to 5; None takes it back.

    Raises:
        SettingsError: The number is another.
    """
    if difficulty is not None and not 1 <= difficulty <= HARDEST:
        msg = f"Found the difficulty {difficulty}; wanted 1 (easy) to {HARDEST} (hard)."
        raise SettingsError(msg)
    session.project.notes.set_difficulty(case, difficulty)


def set_tags(session: Session, case: str, tags: Sequence[str]) -> None:
    """Replace the tags of a case; they are exported.

    Raises:
        SettingsError: One of them holds a separator, or nothing.
    """
    words = [tag.strip() for tag in tags]
    for word in words:
        if not word or any(sign in word for sign in ",;\n"):
            msg = f"Found the tag '{word}'; wanted a word or two without a comma or a semicolon."
            raise SettingsError(msg)
    session.project.notes.set_tags(case, words)
