"""The layers of a case in a view of their own."""

from collections.abc import Callable, Sequence

from napari.components import ViewerModel
from napari.layers import Layer

from napari_medal.gui.views.twin import Axes, Twin


class Mirror:
    """Keeps twins of a case's layers in another viewer model, in the same order.

    Args:
        first: Where the layers are.
        second: Where the twins are shown; it holds nothing else.
    """

    def __init__(self, first: ViewerModel, second: ViewerModel) -> None:
        self._first = first
        self._second = second
        self._shown: Callable[[Layer], bool | None] = _as_there
        self._twins: list[Twin] = []
        first.layers.selection.events.active.connect(self._on_active)

    @property
    def twins(self) -> tuple[Twin, ...]:
        """The twins, the lowest first."""
        return tuple(self._twins)

    def choose(self, shown: Callable[[Layer], bool | None]) -> None:
        """Let a function tell whether a layer's twin is to be shown; None to do as the layer does."""
        self._shown = shown

    def show(self, layers: Sequence[Layer]) -> None:
        """Show these layers; twins that are there follow on, the others come and go."""
        if [twin.first for twin in self._twins] != list(layers):
            known = {id(twin.first): twin for twin in self._twins}
            self._twins = [known.pop(id(layer)) if id(layer) in known else self._make(layer) for layer in layers]
            for twin in known.values():
                self._drop(twin)
            for place, twin in enumerate(self._twins):
                self._place(twin.layer, place)
        for twin in self._twins:
            twin.follow_all()
        self._on_active()

    def follow_brush(self) -> None:
        """Draw with a brush of the same size in millimetres."""
        for twin in self._twins:
            twin.follow_brush()

    def close(self) -> None:
        """Let go of both viewers."""
        self._first.layers.selection.events.active.disconnect(self._on_active)
        for twin in self._twins:
            twin.release()
        self._twins.clear()
        self._second.layers.clear()

    def _make(self, layer: Layer) -> Twin:
        return Twin(layer, self._axes, self._shown)

    def _place(self, layer: Layer, place: int) -> None:
        if layer not in self._second.layers:
            self._second.layers.insert(place, layer)
        elif self._second.layers.index(layer) != place:
            self._second.layers.move(self._second.layers.index(layer), place)

    def _drop(self, twin: Twin) -> None:
        twin.release()
        self._second.layers.remove(twin.layer)

    def _axes(self) -> Axes:
        return Axes(self._first.dims.displayed, self._second.dims.displayed)

    def _on_active(self) -> None:
        active = self._first.layers.selection.active
        found = [twin.layer for twin in self._twins if twin.first is active]
        self._second.layers.selection.active = found[0] if found else None


def _as_there(layer: Layer) -> bool | None:  # noqa: ARG001 - all alike
    return None
