"""What the program remembers of its user between sessions."""

from qtpy.QtCore import QSettings


def user_settings() -> QSettings:
    """Return the file of the user's settings."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "napari-medal", "napari-medal")
