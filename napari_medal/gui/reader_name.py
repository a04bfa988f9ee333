"""The reader's name, remembered between sessions."""

from getpass import getuser

from qtpy.QtCore import QSettings

_KEY = "reader/name"


def remembered_reader() -> str:
    """Return the name that was used last; at first the name of the account."""
    return str(_settings().value(_KEY, "")) or _account()


def remember_reader(name: str) -> None:
    """Keep a name for the next time."""
    _settings().setValue(_KEY, name)


def _settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "napari-medal", "napari-medal")


def _account() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, as in some containers
        return "reader"
