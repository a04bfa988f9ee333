"""The folder that a project watches, remembered between sessions."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from napari_medal.gui.panels.source_form import AskedSource
from napari_medal.gui.user_settings import user_settings

_GROUP = "watched"
_ASKED = TypeAdapter(AskedSource)


def remembered_watch(project: Path) -> AskedSource | None:
    """Return what a project watches; None if it watches nothing, or if the note cannot be read any more."""
    kept = user_settings().value(_key(project), "")
    if not kept:
        return None
    try:
        return _ASKED.validate_json(str(kept))
    except ValidationError:
        return None


def remember_watch(project: Path, asked: AskedSource | None) -> None:
    """Keep for the next time what a project watches."""
    settings = user_settings()
    if asked is None:
        settings.remove(_key(project))
    else:
        settings.setValue(_key(project), _ASKED.dump_json(asked).decode())


def _key(project: Path) -> str:
    # Qt takes a slash for the end of a group.
    return f"{_GROUP}/{project.resolve().as_posix().replace('/', '|')}"
