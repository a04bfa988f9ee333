"""The reader's name, remembered between sessions."""

from getpass import getuser

from napari_medal.gui.user_settings import user_settings

_KEY = "reader/name"


def remembered_reader() -> str:
    """Return the name that was used last; at first the name of the account."""
    return str(user_settings().value(_KEY, "")) or _account()


def remember_reader(name: str) -> None:
    """Keep a name for the next time."""
    user_settings().setValue(_KEY, name)


def _account() -> str:
    try:
        return getuser()
    except (OSError, KeyError, ImportError):  # an account without a name, as in some containers
        return "reader"
