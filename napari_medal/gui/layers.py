"""An opened case as napari layers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Image, Labels, Layer
from napari.utils.colormaps import DirectLabelColormap
from napari.utils.events import Event, EventEmitter

from napari_medal.core.labels import LabelScheme
from napari_medal.core.paler import paler
from napari_medal.core.shares import Bytes
from napari_medal.gui.difference_layer import DifferenceLayer
from napari_medal.gui.label_change import ChangeKind, LabelChange
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.gui.layer_grid import LAYER_GRID
from napari_medal.gui.probability_layer import ProbabilityLayer
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    from napari.viewer import Viewer

    from napari_medal.loop.opening import OpenedCase

LABEL = "label"
PREDICTION = "prediction"
UNCERTAINTY = "uncertainty"

_AXES = ("slice", "row", "column")

_BRUSHES_ACROSS = 16
"""A first brush is this part of the image's shorter side."""


@dataclass
class _Tools:
    """What a reader has set up to draw with; it outlives a case."""

    brush_size: int | None = None
    selected_label: int | None = None
    opacity: float = 0.5


class CaseLayers:
    """The layers of the case being read. Layers that are not its own are never touched.

    Args:
        viewer: Where they are shown.
        changed: Called after each change of the label: stroke, fill, undo, redo, replacement.
    """

    def __init__(self, viewer: "Viewer", changed: Callable[[LabelChange], None]) -> None:
        self.viewer = viewer
        self._changed = changed
        self._own: list[Layer] = []
        self._images: list[Image] = []
        self._kind: tuple[object, ...] | None = None
        self._is_filling = False
        self._label: LabelLayer | None = None
        self._prediction: Labels | None = None
        self._uncertainty: Image | None = None
        self._tools = _Tools()
        self._keys: dict[str, Callable[[Layer], None]] = {}
        self.difference = DifferenceLayer(viewer)
        self.probability = ProbabilityLayer(viewer)
        self.show_prediction = False
        self.show_uncertainty = False

    @property
    def label(self) -> LabelLayer | None:
        """The layer that is drawn on; None when there is none, or when it was taken out of the viewer."""
        return self._label if self._label in self.viewer.layers else None

    @property
    def own(self) -> tuple[Layer, ...]:
        """The layers of the case that are in the viewer, the lowest first."""
        own = (*self._own, self.probability.layer)
        return tuple(layer for layer in self.viewer.layers if layer in own)

    @property
    def images(self) -> tuple[Image, ...]:
        """The sequences of the case."""
        return tuple(self._images)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between two slices, for each axis (z, y, x)."""
        z, y, x = self._images[0].scale if self._images else (1.0, 1.0, 1.0)
        return float(z), float(y), float(x)

    @property
    def shown_image(self) -> Image | None:
        """The sequence that is seen: the uppermost visible one."""
        return next((image for image in reversed(self._images) if image.visible), None)

    def show_image(self, shown: Layer) -> None:
        """Show one sequence in place of the others."""
        for image in self._images:
            image.visible = image is shown

    def show(self, opened: "OpenedCase", scheme: LabelScheme) -> None:
        """Show a case in place of the last one.

        The last case's layers are filled anew where they fit: napari takes most of a second to make new ones.
        """
        kind = (len(opened.volumes), opened.mask is None, opened.prediction is None, opened.uncertainty is None, scheme)
        if kind == self._kind and all(layer in self.viewer.layers for layer in self._own):
            self._refill(opened)
        else:
            self.clear()
            self._make(opened, scheme)
            self._kind = kind
        self.difference.follow(self._label, opened.prediction)
        self.viewer.layers.selection.active = self._label or self._own[0]
        self._go_to(opened.first_slice, opened.volumes[0].grid.spacing_mm[0])

    def _make(self, opened: "OpenedCase", scheme: LabelScheme) -> None:
        """Make the layers of a case."""
        spacing_mm = opened.volumes[0].grid.spacing_mm
        for channel, name in enumerate(_channel_names(opened)):
            image = _image_layer(opened, channel, name)
            self._images.append(image)
            self._add(image)
        for image in self._images[1:]:
            image.visible = False
        if opened.uncertainty is not None:
            self._uncertainty = _uncertainty_layer(opened.uncertainty, spacing_mm)
            self._uncertainty.visible = self.show_uncertainty
            self._add(self._uncertainty)
        if opened.prediction is not None:
            settings = _labels_settings(_paler(scheme), spacing_mm)
            self._prediction = Labels(opened.prediction, name=PREDICTION, **settings)
            self._prediction.contour = 1
            self._prediction.opacity = 1.0
            self._prediction.editable = False
            self._prediction.visible = self.show_prediction
            self._add(self._prediction)
        if opened.mask is not None:
            self._add_label(opened, opened.mask, scheme)
        for key, function in self._keys.items():
            for layer in self._own:
                layer.bind_key(key, function, overwrite=True)

    def _refill(self, opened: "OpenedCase") -> None:
        """Show another case in the layers that are there."""
        spacing_mm = opened.volumes[0].grid.spacing_mm
        self.probability.empty(opened.volumes[0].grid.shape, spacing_mm)
        for channel, (image, name) in enumerate(zip(self._images, _channel_names(opened), strict=True)):
            image.data = opened.volumes[channel].array
            image.scale = spacing_mm
            image.name = name
            image.contrast_limits_range = _whole_range(opened, channel)
            image.contrast_limits = opened.windows[channel]
        maps = ((self._uncertainty, opened.uncertainty), (self._prediction, opened.prediction))
        for layer, array in maps:
            if layer is not None:
                layer.data = array
                layer.scale = spacing_mm
        if self._label is not None and opened.mask is not None:
            self._is_filling = True
            self._label.show_mask(opened.mask, opened.undo, opened.redo)
            self._label.image = opened.volumes[0].array
            self._label.scale = spacing_mm
            self._is_filling = False
            if not self._label.visible:  # napari takes the brush away from a layer that is shown a second time
                self._label.visible = True

    def clear(self) -> None:
        """Remove the own layers."""
        self.difference.clear()
        self.probability.clear()
        if self._label is not None:
            self._tools = _Tools(self._label.brush_size, self._label.selected_label, self._label.opacity)
            for event, listener in self._listeners(self._label):
                event.disconnect(listener)
        for layer in self._own:
            if layer in self.viewer.layers:
                self.viewer.layers.remove(layer)
        self._own.clear()
        self._images.clear()
        self._kind = None
        self._label = self._prediction = self._uncertainty = None

    def mask(self) -> LabelArray | None:
        """Return a copy of the label as drawn so far, (Z, Y, X), even after its layer was taken away."""
        return None if self._label is None else np.array(self._label.data, dtype=np.uint8)

    @property
    def shows_label(self) -> bool:
        """Whether a reader sees the label."""
        return self.label is not None

    @property
    def slice_at_hand(self) -> int:
        """Which axial slice is in view, from 0."""
        if not self._own:
            return 0
        depth: int = self._own[0].data.shape[0]
        place = round(float(self.viewer.dims.point[0] / self._own[0].scale[0]))
        return min(depth - 1, max(0, place))

    def go_to_slice(self, index: int) -> None:
        """Bring an axial slice into view."""
        if self._own:
            self.viewer.dims.set_point(0, index * self._own[0].scale[0])

    def go_to_voxel(self, index: tuple[int, int, int]) -> None:
        """Bring the crosshair to a voxel (z, y, x)."""
        if self._own:
            self.viewer.dims.point = tuple(place * mm for place, mm in zip(index, self._own[0].scale, strict=True))

    def bind_keys(self, keys: dict[str, Callable[[Layer], None]]) -> None:
        """Bind keys on the own layers of the cases shown from now on, before napari's own keys."""
        self._keys = keys

    def choose_label(self, value: int) -> None:
        """Draw with a label."""
        if self._label is not None:
            self._label.selected_label = value
            self._label.mode = "paint"

    def set_prediction_visible(self, visible: bool) -> None:
        """Show or hide the outline of the prediction, now and for the cases to come."""
        self.show_prediction = visible
        if self._prediction is not None:
            self._prediction.visible = visible

    def set_uncertainty_visible(self, visible: bool) -> None:
        """Show or hide the uncertainty map, now and for the cases to come."""
        self.show_uncertainty = visible
        if self._uncertainty is not None:
            self._uncertainty.visible = visible

    def show_probability(self, percent: Bytes) -> None:
        """Show how likely a label is, (Z, Y, X) in percent, over the images and under the masks."""
        if self._images:
            place = 1 + max(self.viewer.layers.index(image) for image in self._images if image in self.viewer.layers)
            self.probability.show(percent, self.spacing_mm, place)

    def set_label_visible(self, visible: bool) -> None:
        """Show or hide the label."""
        if self._label is not None:
            self._label.visible = visible

    def _add_label(self, opened: "OpenedCase", mask: LabelArray, scheme: LabelScheme) -> None:
        label = LabelLayer(mask, name=LABEL, **_labels_settings(scheme, opened.volumes[0].grid.spacing_mm))
        label.image = self._images[0].data
        label.n_edit_dimensions = 2
        label.brush_size = self._tools.brush_size or max(1, min(mask.shape[1:]) // _BRUSHES_ACROSS)
        label.opacity = self._tools.opacity
        kept = self._tools.selected_label
        label.selected_label = kept if kept in (0, *scheme.values) else scheme.values[0]
        label.show_mask(mask, opened.undo, opened.redo)
        self._add(label)
        label.mode = "paint"
        self._label = label
        for event, listener in self._listeners(label):
            event.connect(listener)

    def _add(self, layer: Layer) -> None:
        self.viewer.add_layer(layer)
        self._own.append(layer)

    def _go_to(self, index_z: int, spacing_z_mm: float) -> None:
        self.viewer.reset_view()
        self.viewer.dims.set_point(0, index_z * spacing_z_mm)

    def _listeners(self, label: LabelLayer) -> tuple[tuple[EventEmitter, Callable[..., None]], ...]:
        """Return what a label layer emits when the mask has changed, and what hears it."""
        return (
            (label.events.stroked, self._on_stroked),
            (label.events.undone, self._on_undone),
            (label.events.redone, self._on_redone),
            (label.events.data, self._on_replaced),
        )

    def _on_stroked(self, event: Event) -> None:
        self._changed(LabelChange(ChangeKind.DRAWN, event.steps, event.title))

    def _on_undone(self) -> None:
        self._changed(LabelChange(ChangeKind.UNDONE))

    def _on_redone(self) -> None:
        self._changed(LabelChange(ChangeKind.REDONE))

    def _on_replaced(self) -> None:
        if not self._is_filling:
            self._changed(LabelChange(ChangeKind.REPLACED))


def _labels_settings(scheme: LabelScheme, spacing_mm: tuple[float, float, float]) -> dict[str, Any]:
    """Return how labels are shown: in the scheme's colours; the status bar says the label's name."""
    colors: dict[int | None, str] = {None: "transparent", 0: "transparent"}
    colors.update((label.value, label.color) for label in scheme.classes)
    return {
        "scale": spacing_mm,
        "axis_labels": _AXES,
        "colormap": DirectLabelColormap(color_dict=colors),
        "features": {"index": [0, *scheme.values], "label": ["background", *scheme.names]},
    }


def _paler(scheme: LabelScheme) -> LabelScheme:
    """Return the labels in lighter colours, for the outline of what the model says beside what a reader says."""
    return LabelScheme(tuple(replace(label, color=paler(label.color)) for label in scheme.classes))


def _image_layer(opened: "OpenedCase", channel: int, name: str) -> Image:
    image = Image(
        opened.volumes[channel].array,
        name=name,
        scale=opened.volumes[channel].grid.spacing_mm,
        axis_labels=_AXES,
        contrast_limits=opened.windows[channel],
        interpolation2d="linear",
        metadata={LAYER_GRID: opened.volumes[channel].grid},
    )
    image.contrast_limits_range = _whole_range(opened, channel)
    return image


def _whole_range(opened: "OpenedCase", channel: int) -> list[float]:
    """Return the range that the contrast slider spans: all intensities, and the window."""
    (lowest, highest), (low, high) = opened.ranges[channel], opened.windows[channel]
    return [min(lowest, low), max(highest, high)]


def _uncertainty_layer(uncertainty: Bytes, spacing_mm: tuple[float, float, float]) -> Image:
    return Image(
        uncertainty,
        name=UNCERTAINTY,
        scale=spacing_mm,
        axis_labels=_AXES,
        colormap="inferno",
        blending="additive",
        opacity=0.4,
        contrast_limits=(0, 255),
        interpolation2d="linear",
    )


def _channel_names(opened: "OpenedCase") -> list[str]:
    """Name channels after the case, or after their files where there are several."""
    if len(opened.volumes) == 1:
        return [opened.case.name]
    if len(opened.volumes) == len(opened.case.images):
        return [path.name.split(".")[0] for path in opened.case.images]
    return [f"{opened.case.name} [{channel}]" for channel in range(len(opened.volumes))]
