"""From pixels of a canvas to millimetres and back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_medal.core.planes import Edges, Horizontal, Vertical, edges
from napari_medal.core.sketch import Points

if TYPE_CHECKING:
    from napari.components import ViewerModel

_DIMENSIONS = 3


@dataclass(frozen=True)
class Projection:
    """What a flat view shows: a slice of world millimetres, as napari's world is ours times the spacing.

    Args:
        point: (z, y, x) of the slices at hand; what lies in the view's own plane is not used.
        order: The axis across the slices, the vertical one, the horizontal one.
        center: World position (vertical, horizontal) of the middle of the canvas.
        zoom: Canvas pixels per millimetre.
        size: (width, height) of the canvas in pixels.
        vertical: Where the vertical axis grows.
        horizontal: Where the horizontal axis grows.
    """

    point: tuple[float, float, float]
    order: tuple[int, int, int]
    center: tuple[float, float]
    zoom: float
    size: tuple[int, int]
    vertical: Vertical
    horizontal: Horizontal

    @classmethod
    def of(cls, viewer: "ViewerModel", size: tuple[int, int]) -> "Projection | None":
        """Return what a viewer shows on a canvas of (width, height) pixels; None if it is no slice of a volume."""
        dims, camera = viewer.dims, viewer.scene.camera
        if dims.ndisplay != 2 or dims.ndim != _DIMENSIONS or not viewer.layers or viewer.canvas.grid.enabled:
            return None
        vertical, horizontal = (str(direction) for direction in camera.orientation2d)
        return cls(
            point=(float(dims.point[0]), float(dims.point[1]), float(dims.point[2])),
            order=(int(dims.order[0]), int(dims.order[1]), int(dims.order[2])),
            center=(float(camera.center[-2]), float(camera.center[-1])),
            zoom=float(camera.zoom),
            size=size,
            vertical="up" if vertical == "up" else "down",
            horizontal="left" if horizontal == "left" else "right",
        )

    @property
    def edges(self) -> Edges:
        """The sides of the patient around the view."""
        return edges(self.order[1], self.order[2], self.vertical, self.horizontal)

    def to_canvas(self, point: tuple[float, float, float]) -> tuple[float, float]:
        """Return the pixel (x, y) of a world point (z, y, x)."""
        right, down = self._signs
        x = self.size[0] / 2 + right * (point[self.order[2]] - self.center[1]) * self.zoom
        y = self.size[1] / 2 + down * (point[self.order[1]] - self.center[0]) * self.zoom
        return x, y

    def all_to_canvas(self, points: Points) -> Points:
        """Return the pixels (x, y) of world points (..., 3)."""
        origin = np.array(self.to_canvas((0.0, 0.0, 0.0)))
        right, down = self._signs
        return origin + points[..., [self.order[2], self.order[1]]] * (right * self.zoom, down * self.zoom)

    def to_world(self, x: float, y: float) -> tuple[float, float, float]:
        """Return the world point (z, y, x) under a pixel, in the slice at hand."""
        right, down = self._signs
        point = list(self.point)
        point[self.order[2]] = self.center[1] + right * (x - self.size[0] / 2) / self.zoom
        point[self.order[1]] = self.center[0] + down * (y - self.size[1] / 2) / self.zoom
        return point[0], point[1], point[2]

    @property
    def _signs(self) -> tuple[int, int]:
        return (1 if self.horizontal == "right" else -1), (1 if self.vertical == "down" else -1)
