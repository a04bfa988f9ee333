"""Of whose mask drawings are shown, remembered between sessions."""

from enum import StrEnum

from napari_medal.gui.user_settings import user_settings

_KEY = "sketches/of"


class SketchedMasks(StrEnum):
    """Whose masks a task draws over a case."""

    LABEL = "label"
    PREDICTION = "prediction"
    BOTH = "both"


def remembered_masks() -> SketchedMasks:
    """Return what was remembered last; the label at first."""
    kept = str(user_settings().value(_KEY, SketchedMasks.LABEL.value))
    return next((masks for masks in SketchedMasks if masks.value == kept), SketchedMasks.LABEL)


def remember_masks(masks: SketchedMasks) -> None:
    """Keep a choice for the next time."""
    user_settings().setValue(_KEY, masks.value)
