"""The projects that were opened last, remembered between sessions."""

from pathlib import Path

from napari_medal.gui.user_settings import user_settings

_KEY = "projects/recent"
_KEPT = 5


def recent_projects() -> list[Path]:
    """Return the projects opened last, the latest first; those that are gone are left out."""
    found = user_settings().value(_KEY, [])
    paths = [found] if isinstance(found, str) else found  # Qt gives a list of one back as its item
    if not isinstance(paths, list):
        return []
    return [Path(path) for path in paths if (Path(path) / "medal.toml").exists()]


def remember_project(folder: Path) -> None:
    """Put a project first."""
    paths = [folder, *(path for path in recent_projects() if path != folder)]
    user_settings().setValue(_KEY, [str(path) for path in paths[:_KEPT]])
