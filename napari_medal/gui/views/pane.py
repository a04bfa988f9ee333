"""A view beside the large one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from napari.components import ViewerModel
from napari.qt import QtViewer
from qtpy.QtCore import Qt, QTimer
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QToolButton, QVBoxLayout, QWidget

from napari_medal.core.planes import Convention, Plane
from napari_medal.gui.views.glass import Glass
from napari_medal.gui.views.mirror import Mirror
from napari_medal.gui.views.sketch_body import SketchBody
from napari_medal.gui.views.view import View

if TYPE_CHECKING:
    from napari.viewer import Viewer

_SMALLEST = 120


class Pane(QWidget):
    """A small canvas with twins of the case's layers; it must be closed.

    Args:
        main: The large view.
        enlarge: Called when the reader wants to see this pane large.
    """

    def __init__(self, main: "Viewer", enlarge: Callable[["Pane"], None]) -> None:
        super().__init__()
        self.model = ViewerModel(title="pane")
        self.model.theme = main.theme
        self.canvas = QtViewer(self.model)
        self.canvas.setAcceptDrops(False)
        self.canvas.dims.hide()
        self.glass = Glass(self.model, self.canvas.canvas.native)
        self.mirror = Mirror(main, self.model)
        body = SketchBody(self.model, self.canvas.canvas)
        self.view = View(self.model, self.canvas.canvas.native, self.glass, body)
        self.plane = Plane.AXIAL
        self.refits = True
        """Whether the whole slice is shown again after each change of size."""
        self._fitted: object = None
        self._refit = QTimer(self)
        self._refit.setSingleShot(True)
        self._refit.timeout.connect(self.fit)
        self.larger = QToolButton(self)
        self.larger.setText("⤢")
        self.larger.setToolTip("Show this view large")
        self.larger.setAccessibleName("Show this view large")
        self.larger.setAutoRaise(True)
        self.larger.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.larger.clicked.connect(lambda: enlarge(self))
        self.setMinimumSize(_SMALLEST, _SMALLEST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.larger.raise_()

    def show_plane(self, plane: Plane, convention: Convention) -> None:
        """Cut along a plane; the view is not moved."""
        self.plane = plane
        self.model.scene.camera.orientation2d = plane.directions(convention)
        self.model.dims.order = plane.order
        self.mirror.follow_brush()

    def go_to(self, point: tuple[float, ...]) -> None:
        """Show the slice through a world point (z, y, x)."""
        axis = self.plane.value
        if self.model.dims.ndim == len(point) and self.model.dims.point[axis] != point[axis]:
            self.model.dims.set_point(axis, point[axis])

    def fit(self) -> None:
        """Show the whole slice."""
        if self.refits and self.model.layers:
            self.model.reset_view()

    def fit_anew(self, to: object) -> None:
        """Show the whole slice if it is another one than the last time; `to` says which one it is."""
        if to != self._fitted:
            self._fitted = to
            self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the button in its corner and the slice in sight."""
        super().resizeEvent(event)
        self._refit.start(0)  # the canvas has its new size only later
        self.larger.adjustSize()
        self.larger.move(self.width() - self.larger.width() - 2, 4)

    def dispose(self) -> None:
        """Close the canvas and let go of the layers; napari leaks a canvas that is not closed."""
        self.glass.release()
        self.view.body.release()
        self.mirror.close()
        self.canvas.close()
        self.canvas.deleteLater()
        self.hide()
        self.deleteLater()
