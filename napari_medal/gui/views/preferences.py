"""How a reader likes to look, remembered between sessions."""

from dataclasses import dataclass

from napari_medal.core.planes import Convention
from napari_medal.gui.user_settings import user_settings

_SMALL_VIEWS = "views/small"
_CONVENTION = "views/convention"


@dataclass(frozen=True)
class Preferences:
    """Whether the small views come with a volume, and from where slices are seen."""

    small_views: bool = True
    convention: Convention = Convention.RADIOLOGICAL


def remembered() -> Preferences:
    """Return what was remembered last."""
    kept = user_settings()
    convention = str(kept.value(_CONVENTION, Convention.RADIOLOGICAL.value))
    neurological = convention == Convention.NEUROLOGICAL.value
    return Preferences(
        small_views=str(kept.value(_SMALL_VIEWS, "true")) == "true",
        convention=Convention.NEUROLOGICAL if neurological else Convention.RADIOLOGICAL,
    )


def remember(preferences: Preferences) -> None:
    """Keep preferences for the next time."""
    kept = user_settings()
    kept.setValue(_SMALL_VIEWS, "true" if preferences.small_views else "false")
    kept.setValue(_CONVENTION, preferences.convention.value)
