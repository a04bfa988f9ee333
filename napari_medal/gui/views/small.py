"""The small views: the other planes, or the other sequences."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from napari.layers import Layer
from qtpy.QtCore import QObject

from napari_medal.core.planes import Plane
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.views.board import Board
from napari_medal.gui.views.hand import Hand
from napari_medal.gui.views.large import LargeView
from napari_medal.gui.views.pane import Pane

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.utils.events import Event

_MOST_SEQUENCES = 3


class Small(StrEnum):
    """What the small views show."""

    PLANES = "planes"
    """The two other planes through the crosshair."""
    SEQUENCES = "sequences"
    """The other sequences of the case, in the plane, slice and zoom of the large view."""


class SmallViews(QObject):
    """Fills a board with panes and keeps them at the point of the large view.

    Args:
        large: The large view.
        layers: The layers of the case; nothing else is shown.
        hand: Hears of the mouse in every pane.
        bind_keys: Binds our keys in the model of a pane.
        parent: Qt parent.
    """

    def __init__(
        self,
        large: LargeView,
        layers: CaseLayers,
        hand: Hand,
        bind_keys: "Callable[[ViewerModel], None]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._large = large
        self._layers = layers
        self._hand = hand
        self._bind_keys = bind_keys
        self._is_following = False
        self.panes: list[Pane] = []
        self.shows = Small.PLANES

    @property
    def shown(self) -> tuple[Pane, ...]:
        """The panes that are in use."""
        return tuple(pane for pane in self.panes if not pane.isHidden())

    def arrange(self, board: Board) -> None:
        """Show what is wanted on the board."""
        wanted = self._sequences() if self.shows is Small.SEQUENCES else self._planes()
        while len(self.panes) < len(wanted):
            self._add(board)
        for place, pane in enumerate(self.panes):
            pane.setVisible(place < len(wanted))
            if place < len(wanted):
                self._fill(pane, *wanted[place])
            else:
                pane.mirror.show(())

    def rest(self) -> None:
        """Show nothing and follow nothing."""
        self._is_following = True
        for pane in self.panes:
            pane.mirror.show(())
        self._is_following = False

    def follow_point(self) -> None:
        """Go to the slices of the large view's point."""
        point = self._large.point
        if point is None or self._is_following:
            return
        self._is_following = True
        for pane in self.shown:
            pane.go_to(point)
        self._is_following = False

    def follow_camera(self) -> None:
        """Show sequences where and as large as the large view shows its own."""
        if self.shows is not Small.SEQUENCES or self._is_following:
            return
        camera = self._large.viewer.scene.camera
        self._is_following = True
        for pane in self.shown:
            pane.model.scene.camera.center = camera.center
            pane.model.scene.camera.zoom = camera.zoom
        self._is_following = False

    def dispose(self) -> None:
        """Close every pane."""
        for pane in self.panes:
            pane.model.dims.events.point.disconnect(self._on_point)
            pane.model.scene.camera.events.center.disconnect(self._on_camera)
            pane.model.scene.camera.events.zoom.disconnect(self._on_camera)
            self._hand.forget(pane.view)
            pane.dispose()
        self.panes.clear()

    def _planes(self) -> list[tuple[Plane, Layer | None, str]]:
        return [(plane, None, plane.title) for plane in self._large.plane.others]

    def _sequences(self) -> list[tuple[Plane, Layer | None, str]]:
        large = self._layers.shown_image
        others = [image for image in self._layers.images if image is not large]
        return [(self._large.plane, image, image.name) for image in others[:_MOST_SEQUENCES]]

    def _add(self, board: Board) -> None:
        pane = Pane(self._large.viewer, self._enlarge)
        pane.mirror.choose(partial(self._is_shown, pane))
        self.panes.append(pane)
        board.add(pane, len(self.panes) - 1)
        self._hand.watch(pane.view)
        self._bind_keys(pane.model)
        # napari's own keys would move the large view; it wants functions with a name.
        pane.model.bind_key("Left", _step_back, overwrite=True)
        pane.model.bind_key("Right", _step_on, overwrite=True)
        pane.model.dims.events.point.connect(self._on_point)
        pane.model.scene.camera.events.center.connect(self._on_camera)
        pane.model.scene.camera.events.zoom.connect(self._on_camera)

    def _fill(self, pane: Pane, plane: Plane, sequence: Layer | None, title: str) -> None:
        self._is_following = True
        pane.view.sequence = sequence
        pane.glass.title = title
        pane.refits = sequence is None
        pane.mirror.show(self._layers.own)
        pane.show_plane(plane, self._large.convention)
        pane.larger.setVisible(sequence is None or self._layers.shown_image is not None)
        point = self._large.point
        if point is not None:
            pane.go_to(point)
        pane.fit_anew((plane, sequence is None, self._geometry()))
        self._is_following = False

    def _geometry(self) -> tuple[object, ...]:
        """Return what changes when another volume is shown."""
        images = self._layers.images
        return (images[0].data.shape, tuple(images[0].scale)) if images else ()

    def _is_shown(self, pane: Pane, layer: Layer) -> bool | None:
        if pane.view.sequence is None or layer not in self._layers.images:
            return None
        return layer is pane.view.sequence

    def _enlarge(self, pane: Pane) -> None:
        if pane.view.sequence is None:
            self._large.set_plane(pane.plane)
        else:
            self._layers.show_image(pane.view.sequence)

    def _on_point(self, event: "Event") -> None:
        """Let the large view follow a reader who looks through a pane."""
        point = self._large.point
        if self._is_following or point is None:
            return
        for pane in self.shown:
            if pane.model.dims is event.source and pane.model.dims.ndim == len(point):
                axis = pane.plane.value
                self._large.viewer.dims.set_point(axis, pane.model.dims.point[axis])

    def _on_camera(self, event: "Event") -> None:
        if self._is_following or self.shows is not Small.SEQUENCES:
            return
        for pane in self.shown:
            camera = pane.model.scene.camera
            if camera is event.source:
                large = self._large.viewer.scene.camera
                large.center, large.zoom = camera.center, camera.zoom


def _step_back(model: "ViewerModel") -> None:
    _step(model, -1)


def _step_on(model: "ViewerModel") -> None:
    _step(model, 1)


def _step(model: "ViewerModel", steps: int) -> None:
    axis = model.dims.order[0]
    model.dims.set_current_step(axis, model.dims.current_step[axis] + steps)
