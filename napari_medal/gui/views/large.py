"""The large view: napari's own canvas, turned to a plane."""

from typing import TYPE_CHECKING

from napari.qt import QtViewer
from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from napari_medal.core.planes import Convention, Plane
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.views.brush import brush_mm, brush_voxels
from napari_medal.gui.views.glass import Glass
from napari_medal.gui.views.sketch_body import SketchBody
from napari_medal.gui.views.view import View

if TYPE_CHECKING:
    from napari.viewer import Viewer

Point = tuple[float, float, float]
"""(z, y, x) in millimetres along the axes of the canonical array: napari's world."""

_DIMENSIONS = 3


class LargeView(QObject):
    """Turns the viewer's canvas to a plane and lays a glass over it.

    Args:
        viewer: The viewer.
        layers: The layers of the case.
        parent: Qt parent.
    """

    turned = Signal()
    """It shows another plane, or looks from the other side."""

    def __init__(self, viewer: "Viewer", layers: CaseLayers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self._layers = layers
        self._is_turning = False
        self.view: View | None = None
        self.is_volume = False
        self.plane = Plane.AXIAL
        self.convention = Convention.RADIOLOGICAL
        viewer.dims.events.order.connect(self._on_order)

    @property
    def point(self) -> Point | None:
        """Where the crosshair is."""
        point = self.viewer.dims.point
        if not self.is_volume or len(point) != _DIMENSIONS:
            return None
        return float(point[0]), float(point[1]), float(point[2])

    def find(self, window: QWidget) -> View | None:
        """Find the canvas in the main window and lay the glass over it; None when that was done, or cannot be yet."""
        if self.view is not None:
            return None
        for canvas in window.findChildren(QtViewer):
            if canvas.viewer == self.viewer:
                native = canvas.canvas.native
                body = SketchBody(self.viewer, canvas.canvas)
                self.view = View(self.viewer, native, Glass(self.viewer, native), body)
                self.view.glass.destroyed.connect(self._on_gone)
                return self.view
        return None

    def show_case(self, is_volume: bool) -> None:
        """Show the case whose layers have just been filled; a picture has but one plane."""
        self.is_volume = is_volume
        if not is_volume:
            self.plane = Plane.AXIAL
        self._turn()

    def set_plane(self, plane: Plane) -> None:
        """Show a plane, with a brush of the same size in millimetres."""
        if plane is self.plane or not self.is_volume:
            return
        label, dims = self._layers.label, self.viewer.dims
        size_mm = None if label is None else brush_mm(label, dims.displayed)
        self.plane = plane
        self._turn()
        if label is not None and size_mm is not None:
            label.brush_size = brush_voxels(label, dims.displayed, size_mm)
        self.turned.emit()

    def set_convention(self, convention: Convention) -> None:
        """Look from the other side."""
        self.convention = convention
        self.viewer.scene.camera.orientation2d = self.plane.directions(convention)
        self.turned.emit()

    def center_at(self, point: Point) -> None:
        """Move the crosshair; napari keeps it inside the volume."""
        if self.point is not None:
            self.viewer.dims.point = point

    def close(self) -> None:
        """Leave the canvas as napari has it."""
        self.viewer.dims.events.order.disconnect(self._on_order)
        if self.view is not None:
            self.view.glass.destroyed.disconnect(self._on_gone)
            self.view.glass.release()
            self.view.body.release()
            self.view.glass.deleteLater()
            self.view = None
        self.is_volume = False
        self.plane, self.convention = Plane.AXIAL, Convention.RADIOLOGICAL
        self._turn()

    def _turn(self) -> None:
        self._is_turning = True
        self.viewer.scene.camera.orientation2d = self.plane.directions(self.convention)
        if self.viewer.dims.ndim == _DIMENSIONS:
            self.viewer.dims.order = self.plane.order
        self._is_turning = False
        if self.viewer.layers:
            self.viewer.reset_view()

    def _on_gone(self) -> None:
        """Forget the glass that went with the window."""
        self.view = None

    def _on_order(self) -> None:
        """Follow a reader who has turned the view with napari's own buttons."""
        order = self.viewer.dims.order
        if self._is_turning or not self.is_volume or len(order) != _DIMENSIONS:
            return
        self.plane = Plane(order[0])
        self.viewer.scene.camera.orientation2d = self.plane.directions(self.convention)
        self.turned.emit()
