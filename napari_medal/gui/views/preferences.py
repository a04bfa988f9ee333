"""How a reader likes to look, remembered between sessions."""

from dataclasses import dataclass

from qtpy.QtCore import QSettings

from napari_medal.core.planes import Convention

_SMALL_VIEWS = "views/small"
_CONVENTION = "views/convention"


@dataclass(frozen=True)
class Preferences:
    """Whether the small views come with a volume, and from where slices are seen."""

    small_views: bool = True
    convention: Convention = Convention.RADIOLOGICAL


def remembered() -> Preferences:
    """Return what was remembered last."""
    kept = _settings()
    convention = str(kept.value(_CONVENTION, Convention.RADIOLOGICAL.value))
    neurological = convention == Convention.NEUROLOGICAL.value
    return Preferences(
        small_views=str(kept.value(_SMALL_VIEWS, "true")) == "true",
        convention=Convention.NEUROLOGICAL if neurological else Convention.RADIOLOGICAL,
    )


def remember(preferences: Preferences) -> None:
    """Keep preferences for the next time."""
    kept = _settings()
    kept.setValue(_SMALL_VIEWS, "true" if preferences.small_views else "false")
    kept.setValue(_CONVENTION, preferences.convention.value)


def _settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "napari-medal", "napari-medal")
