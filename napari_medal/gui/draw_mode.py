"""What the mouse does to the label."""

from enum import StrEnum


class DrawMode(StrEnum):
    """The modes of napari's labels layer that a reader needs, by napari's names, and the lasso, which is ours."""

    BRUSH = "paint"
    ERASER = "erase"
    LASSO = "lasso"
    POLYGON = "polygon"
    FILL = "fill"
    PICK = "pick"
    MOVE = "pan_zoom"
