"""A layer that shows how likely a label is."""

from typing import TYPE_CHECKING

import numpy as np
from napari.layers import Image
from napari.utils.colormaps import Colormap

from napari_medal.core.shares import Bytes

if TYPE_CHECKING:
    from napari.viewer import Viewer

PROBABILITY = "probability"

_COLORS = (
    (0.27, 0.0, 0.33, 0.0),
    (0.23, 0.32, 0.55, 0.35),
    (0.13, 0.57, 0.55, 0.7),
    (0.37, 0.79, 0.38, 0.9),
    (0.99, 0.91, 0.14, 1.0),
)
"""Viridis, which every eye reads in the same order, out of nothing."""


class ProbabilityLayer:
    """The layer of the heat map, just under the outlines; there is none until it is shown for the first time.

    Args:
        viewer: Where it is shown.
    """

    def __init__(self, viewer: "Viewer") -> None:
        self._viewer = viewer
        self._layer: Image | None = None

    @property
    def layer(self) -> Image | None:
        """The layer, once there is one."""
        return self._layer if self._layer in self._viewer.layers else None

    def show(self, percent: Bytes, spacing_mm: tuple[float, float, float], place: int) -> None:
        """Show a map (Z, Y, X) in percent; a layer that is made for it goes to this place in the viewer."""
        if self.layer is None:
            self._layer = _make_layer(percent, spacing_mm)
            active = self._viewer.layers.selection.active
            self._viewer.layers.insert(place, self._layer)
            self._viewer.layers.selection.active = active
        else:
            self.layer.data = percent
            self.layer.scale = spacing_mm
            self.layer.visible = True

    def empty(self, shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> None:
        """Go on with another case, of which nothing is known yet."""
        if self.layer is not None:
            self.layer.visible = False
            self.layer.data = np.zeros(shape, dtype=np.uint8)
            self.layer.scale = spacing_mm

    def hide(self) -> None:
        """Show no map."""
        if self.layer is not None:
            self.layer.visible = False

    def clear(self) -> None:
        """Remove the layer."""
        if self.layer is not None:
            self._viewer.layers.remove(self.layer)
        self._layer = None


def _make_layer(percent: Bytes, spacing_mm: tuple[float, float, float]) -> Image:
    return Image(
        percent,
        name=PROBABILITY,
        scale=spacing_mm,
        axis_labels=("slice", "row", "column"),
        colormap=Colormap(_COLORS, name="probability"),
        opacity=0.6,
        contrast_limits=(0, 100),
        interpolation2d="linear",
    )
