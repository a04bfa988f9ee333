"""What the tools in the reader's hand do: move the crosshair, set the window, measure."""

from napari.layers import Image
from qtpy.QtCore import QObject
from superqt.utils import qthrottled

from napari_medal.core.ruler import Ruler
from napari_medal.core.window import Window
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.views.hand import Hand, Pointer, Tool
from napari_medal.gui.views.linked_views import LinkedViews

_CROSSHAIR_EVERY_MS = 25
_SHORTEST_MM = 0.05
"""A shorter line is a click."""


class Gestures(QObject):
    """Turns drags over a view into changes of all views."""

    def __init__(self, views: LinkedViews, layers: CaseLayers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self._layers = layers
        self._start: Pointer | None = None
        self._image: Image | None = None
        self._window = Window(0.0, 1.0)
        self._done: tuple[Ruler, ...] = ()
        self._move_crosshair = qthrottled(self._center, timeout=_CROSSHAIR_EVERY_MS)
        hand: Hand = views.hand
        hand.began.connect(self._on_began)
        hand.dragged.connect(self._on_dragged)

    def _on_began(self, tool: Tool, pointer: Pointer) -> None:
        self._start = pointer
        if tool is Tool.CROSSHAIR:
            self._center(pointer)
        elif tool is Tool.WINDOW:
            self._image = self._image_of(pointer)
            if self._image is not None:
                low, high = self._image.contrast_limits
                self._window = Window(float(low), float(high))
        else:
            self._done = self._views.rulers

    def _on_dragged(self, tool: Tool, pointer: Pointer) -> None:
        if tool is Tool.CROSSHAIR:
            self._move_crosshair(pointer)
        elif self._start is None:
            return
        elif tool is Tool.WINDOW:
            self._set_window(pointer, self._start)
        else:
            self._measure(pointer, self._start)

    def _center(self, pointer: Pointer) -> None:
        point = pointer.view.world(pointer.x, pointer.y)
        if point is not None:
            self._views.large.center_at(point)

    def _set_window(self, pointer: Pointer, start: Pointer) -> None:
        if self._image is None or self._image not in self._layers.images:
            return
        window = self._window.dragged(pointer.x - start.x, pointer.y - start.y)
        self._image.contrast_limits = (window.low, window.high)

    def _measure(self, pointer: Pointer, start: Pointer) -> None:
        images = self._layers.images
        first, last = start.view.world(start.x, start.y), pointer.view.world(pointer.x, pointer.y)
        if not images or first is None or last is None:
            return
        spacing = tuple(float(mm) for mm in images[0].scale)
        ruler = Ruler(first, last, (spacing[0], spacing[1], spacing[2]))
        if ruler.length_mm > _SHORTEST_MM:
            self._views.set_rulers((*self._done, ruler))

    def _image_of(self, pointer: Pointer) -> Image | None:
        sequence = pointer.view.sequence
        return sequence if isinstance(sequence, Image) else self._layers.shown_image
