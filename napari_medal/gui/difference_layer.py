"""A layer that shows where the label differs from the prediction or from what it was."""

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels
from napari.utils.colormaps import DirectLabelColormap

from napari_medal.edit.difference import Difference, differences
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    from napari.viewer import Viewer

DIFFERENCE = "difference"

COLORS = {Difference.ADDED: "#00e5a0", Difference.REMOVED: "#e0309f", Difference.RELABELLED: "#fff200"}
"""Unlike the usual colours of labels, and of three lightnesses, for eyes that do not tell red from green."""


class LazyDifference:
    """The difference of a layer's mask from another one, (Z, Y, X), worked out for what is asked for."""

    dtype = np.dtype(np.uint8)
    ndim = 3

    def __init__(self, label: LabelLayer, other: LabelArray) -> None:
        self._label = label
        self._other = other
        self.shape = other.shape

    def __getitem__(self, index: Any) -> LabelArray:  # any index of a numpy array
        return differences(self._other[index], self._label.data[index])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:  # numpy's protocol
        return np.asarray(self[:], dtype=dtype, copy=copy)


class DifferenceLayer:
    """The layer of the differences; there is none until they are shown for the first time.

    Args:
        viewer: Where it is shown.
    """

    def __init__(self, viewer: "Viewer") -> None:
        self._viewer = viewer
        self._label: LabelLayer | None = None
        self._other: LabelArray | None = None
        self._layer: Labels | None = None
        self._is_wanted = False

    @property
    def is_shown(self) -> bool:
        """Whether differences are to be seen."""
        return self._layer is not None and self._layer.visible and self._layer in self._viewer.layers

    @property
    def layer(self) -> Labels | None:
        """The layer, once there is one."""
        return self._layer

    def follow(self, label: LabelLayer | None, prediction: LabelArray | None) -> None:
        """Go on with another case; its label is compared with the prediction until something else is said."""
        self._listen(label)
        self._other = prediction
        self._update()

    def compare(self, other: LabelArray) -> None:
        """Show what differs from a mask, (Z, Y, X)."""
        self._other = other
        self.set_visible(True)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the differences, now and for the cases to come."""
        self._is_wanted = visible
        self._update()

    def clear(self) -> None:
        """Remove the layer."""
        self._listen(None)
        self._other = None
        if self._layer is not None and self._layer in self._viewer.layers:
            self._viewer.layers.remove(self._layer)
        self._layer = None

    def _update(self) -> None:
        label, other = self._label, self._other
        can_show = label is not None and other is not None and label.data.shape == other.shape
        if not self._is_wanted or label is None or other is None or not can_show:
            if self._layer is not None:
                self._layer.visible = False
            return
        if self._layer is None or self._layer not in self._viewer.layers:
            self._layer = _make_layer(label, other)
            active = self._viewer.layers.selection.active
            self._viewer.add_layer(self._layer)
            self._viewer.layers.selection.active = active
        else:
            self._layer.data = LazyDifference(label, other)
            self._layer.scale = label.scale
            self._layer.visible = True

    def _listen(self, label: LabelLayer | None) -> None:
        if self._label is not None:
            for event in _changes(self._label):
                event.disconnect(self._on_change)
        self._label = label
        if label is not None:
            for event in _changes(label):
                event.connect(self._on_change)

    def _on_change(self) -> None:
        if self._layer is not None and self.is_shown:
            self._layer.refresh(extent=False)


def _changes(label: LabelLayer) -> tuple[Any, ...]:  # napari has no types
    """Return what tells of a change: `stroked` alone comes before a change by a single call of `paint` or `fill`."""
    events = label.events
    return events.stroked, events.labels_update, events.undone, events.redone, events.data


def _make_layer(label: LabelLayer, other: LabelArray) -> Labels:
    colors: dict[int | None, str] = {None: "transparent", 0: "transparent"}
    colors.update((int(kind), color) for kind, color in COLORS.items())
    layer = Labels(
        LazyDifference(label, other),
        name=DIFFERENCE,
        scale=label.scale,
        axis_labels=label.axis_labels,
        colormap=DirectLabelColormap(color_dict=colors),
        features={"index": [int(kind) for kind in Difference], "change": [kind.name.lower() for kind in Difference]},
    )
    layer.editable = False
    layer.opacity = 0.9
    return layer
