"""The lasso: a line drawn freehand around what is meant."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from napari_medal.gui.label_layer import LabelLayer

if TYPE_CHECKING:
    from napari.utils.events import Event

_SHOWN_POINTS = 48
_ERASE = "Shift"


class Lasso:
    """Collects the points of a drag on a label layer while it is switched on.

    Args:
        drawn: Called with the layer, the (N, 3) points in voxels, and whether to erase, when the button is let go.
    """

    def __init__(self, drawn: Callable[[LabelLayer, npt.NDArray[np.float64], bool], None]) -> None:
        self._drawn = drawn
        self._layer: LabelLayer | None = None

    @property
    def is_on(self) -> bool:
        """Whether a drag draws a line."""
        return self._layer is not None

    def switch_on(self, layer: LabelLayer) -> None:
        """Let drags on a layer draw a line."""
        self.switch_off()
        layer.mode = "pan_zoom"
        layer.mouse_pan = False
        layer.cursor = "cross"
        layer.help = "drag around what is meant; hold <shift> to erase"
        layer.mouse_drag_callbacks.append(self._on_drag)
        self._layer = layer

    def switch_off(self) -> None:
        """Let drags do what napari does."""
        layer, self._layer = self._layer, None
        if layer is None:
            return
        layer.mouse_drag_callbacks.remove(self._on_drag)
        layer.show_outline(np.empty((0, 3)))
        if layer.mode == "pan_zoom":
            layer.mouse_pan = True
            layer.cursor = "standard"

    def _on_drag(self, layer: LabelLayer, event: "Event") -> Iterator[None]:
        """Collect points until the button is let go."""
        if event.button != 1 or len(event.dims_displayed) != 2:
            return
        points = [layer.world_to_data(event.position)]
        erase = _ERASE in event.modifiers
        yield
        while event.type == "mouse_move":
            points.append(layer.world_to_data(event.position))
            layer.show_outline(np.array(points)[:: 1 + len(points) // _SHOWN_POINTS])
            yield
        layer.show_outline(np.empty((0, 3)))
        self._drawn(layer, np.array(points, dtype=np.float64), erase)
