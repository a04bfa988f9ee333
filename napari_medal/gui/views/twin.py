"""A layer of the large view, shown again in another one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from napari.layers import Image, Labels, Layer
from napari.utils.events import EventEmitter

from napari_medal.gui.label_layer import LabelLayer
from napari_medal.gui.views.brush import brush_mm, brush_voxels

if TYPE_CHECKING:
    from napari.utils.events import Event

_SHOWN = ("visible", "opacity", "blending")
_IMAGE = ("contrast_limits_range", "contrast_limits", "colormap", "gamma", "interpolation2d")
_LABELS = ("contour", "colormap", "show_selected_label")
_DRAWING = ("selected_label", "n_edit_dimensions", "contiguous", "preserve_labels", "mode")
"""What a reader may change in either view."""

_STROKES = ("stroked", "undone", "redone")


@dataclass(frozen=True)
class Axes:
    """The axes that the large view shows, and those that the view of its twins shows."""

    firsts: tuple[int, ...]
    twins: tuple[int, ...]


class Twin:
    """Shows the array of a layer a second time and follows whatever is changed there; nothing is copied.

    Args:
        first: An image, a mask, or the layer that is drawn on.
        here: Tells the axes that the two views show.
        shown: Tells whether the twin is to be shown; None to do as the first layer does.
    """

    def __init__(self, first: Layer, here: Callable[[], Axes], shown: Callable[[Layer], bool | None]) -> None:
        self.first = first
        self._here = here
        self._shown = shown
        self._is_following = False
        self.layer = _copy(first)
        self._followed: list[tuple[EventEmitter, Callable[..., None]]] = []
        self._names = _SHOWN + (_IMAGE if isinstance(first, Image) else _LABELS)
        self._follow()
        self.follow_all()

    def follow_all(self) -> None:
        """Take over everything from the first layer."""
        self._take_data()
        for name in self._names:
            self._take(name)
        self._take_drawing()

    def follow_brush(self) -> None:
        """Draw with a brush of the first layer's size in millimetres, whatever planes the two are in."""
        if not isinstance(self.layer, LabelLayer) or self._is_following:
            return
        here = self._here()
        self._set("brush_size", brush_voxels(self.layer, here.twins, brush_mm(self.first, here.firsts)))

    def release(self) -> None:
        """Follow no more."""
        for emitter, callback in self._followed:
            emitter.disconnect(callback)
        self._followed.clear()

    def _follow(self) -> None:
        self._on(self.first.events.data, self._take_data)
        self._on(self.first.events.scale, self._take_scale)
        for name in self._names:
            self._on(getattr(self.first.events, name), self._on_changed)
        if not isinstance(self.layer, LabelLayer):
            return
        for name in _STROKES:
            self._on(getattr(self.first.events, name), self._on_stroke)
        for name in _DRAWING:
            self._on(getattr(self.first.events, name), self._on_changed)
            self._on(getattr(self.layer.events, name), self._on_twin_changed)
        self._on(self.first.events.brush_size, self.follow_brush)
        self._on(self.layer.events.brush_size, self._on_twin_brush)

    def _on(self, emitter: EventEmitter, callback: Callable[..., None]) -> None:
        emitter.connect(callback)
        self._followed.append((emitter, callback))

    def _take_data(self) -> None:
        if isinstance(self.layer, LabelLayer):
            self.layer.share(self.first)
        else:
            self.layer.data = self.first.data
        self._take_scale()

    def _take_scale(self) -> None:
        if tuple(self.layer.scale) != tuple(self.first.scale):
            self.layer.scale = self.first.scale

    def _take(self, name: str) -> None:
        value = getattr(self.first, name)
        if name == "visible":
            wanted = self._shown(self.first)
            value = value if wanted is None else wanted
        self._set(name, value)

    def _take_drawing(self) -> None:
        if isinstance(self.layer, LabelLayer):
            for name in _DRAWING:
                self._take(name)
            self.follow_brush()

    def _set(self, name: str, value: Any) -> None:
        self._is_following = True
        try:
            if not _same(getattr(self.layer, name), value):
                setattr(self.layer, name, value)
        finally:
            self._is_following = False

    def _on_changed(self, event: "Event") -> None:
        if not self._is_following:
            self._take(event.type)
            if event.type == "visible" and isinstance(self.layer, LabelLayer):
                self._take("mode")  # napari takes the brush away from a hidden layer, and gives it back

    def _on_twin_changed(self, event: "Event") -> None:
        if not self._is_following:
            value = getattr(self.layer, event.type)
            if not _same(getattr(self.first, event.type), value):
                setattr(self.first, event.type, value)

    def _on_twin_brush(self) -> None:
        if not self._is_following:
            here = self._here()
            self.first.brush_size = brush_voxels(self.first, here.firsts, brush_mm(self.layer, here.twins))

    def _on_stroke(self) -> None:
        self.layer.refresh(extent=False, thumbnail=False)


def _copy(first: Layer) -> Layer:
    settings = {"name": first.name, "scale": first.scale, "axis_labels": first.axis_labels, "units": first.units}
    if isinstance(first, LabelLayer):
        twin = LabelLayer(first.data, colormap=first.colormap, **settings)
        twin.share(first)
        return twin
    if isinstance(first, Labels):
        mask = Labels(first.data, colormap=first.colormap, **settings)
        mask.editable = False
        return mask
    return Image(first.data, contrast_limits=first.contrast_limits, **settings)


def _same(old: Any, new: Any) -> bool:
    try:
        return bool(old == new)
    except ValueError:  # arrays in lists
        return False
