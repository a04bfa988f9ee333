"""The label that is being drawn."""

from napari_medal.core.drawing import Drawing
from napari_medal.errors import DrawingError


def chosen_label(drawing: Drawing) -> int:
    """Return the value that is being drawn.

    Raises:
        DrawingError: It is the background.
    """
    if drawing.label not in drawing.scheme.values:
        msg = f"No label is chosen; choose one of {', '.join(drawing.scheme.names)} first."
        raise DrawingError(msg)
    return drawing.label
