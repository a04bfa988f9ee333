"""How to label, in the readers' own words."""

from napari_medal.atomic import write_text_atomic
from napari_medal.errors import FormatError
from napari_medal.loop.session import Session


def read_guideline(session: Session) -> str:
    """Return the project's guideline, in Markdown; "" where none is written.

    Raises:
        FormatError: The file is no text.
    """
    path = session.project.layout.guideline
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        msg = f"{path} is no text in UTF-8: {error.reason} at byte {error.start}."
        raise FormatError(msg) from error


def save_guideline(session: Session, text: str) -> None:
    """Write the project's guideline."""
    write_text_atomic(session.project.layout.guideline, text)
