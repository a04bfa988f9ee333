"""The mask in three dimensions."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from napari.components import ViewerModel
from napari.layers import Labels
from napari.qt import QtViewer
from qtpy.QtCore import QTimer
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_medal.core.sketch_lines import SketchLines
from napari_medal.core.thinned import ThinnedMask, thinned
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.gui.views.sketch_body import SketchBody
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari.viewer import Viewer

REST_MS = 700
"""The picture is made anew when the hand has rested this long."""

_SMALLEST = 120
_SMALLEST_MM = 1.0
_FILLED = 0.9
"""Of the pane, by what is shown as it is seen from the front."""
_ANGLES = (0.0, 0.0, 90.0)
"""The patient stands upright and faces the reader."""


class Solid(QWidget):
    """A pane that shows the mask as a body; it must be closed.

    Args:
        main: The large view.
        worker: Crops and thins the mask.
    """

    def __init__(self, main: "Viewer", worker: Worker) -> None:
        super().__init__()
        self.setObjectName("medalSolid")
        self._worker = worker
        self._first: LabelLayer | None = None
        self._body: Labels | None = None
        self._asked = 0
        self._is_disposed = False
        self.model = ViewerModel(title="solid", ndisplay=3)
        self.model.theme = main.theme
        self.model.scene.camera.orientation = ("away", "up", "right")
        self.model.scene.camera.angles = _ANGLES
        self.canvas = QtViewer(self.model)
        self.canvas.setAcceptDrops(False)
        self._drawn = SketchBody(self.model, self.canvas.canvas)
        self.canvas.dims.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._ask)
        self._refit = QTimer(self)
        self._refit.setSingleShot(True)
        self._refit.timeout.connect(self._fit)
        self.setMinimumSize(_SMALLEST, _SMALLEST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)

    def follow(self, label: LabelLayer | None) -> None:
        """Show a layer's mask, and whatever becomes of it; None to show nothing and do nothing."""
        self._listen(False)
        self._first = label
        self._timer.stop()
        self._asked += 1
        if label is None:
            self._clear()
        else:
            self._listen(True)
            self._ask()

    def show_sketches(self, sketches: Sequence[SketchLines]) -> None:
        """Show what a task draws, through the body."""
        if not self._is_disposed:
            was_empty = self._drawn.box_mm is None
            self._drawn.show(sketches)
            if was_empty:
                self._fit()

    @property
    def body(self) -> Labels | None:
        """The layer that is shown."""
        return self._body if self._body is not None and self._body.visible else None

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the body in sight."""
        super().resizeEvent(event)
        self._refit.start(0)  # the canvas has its new size only later

    def dispose(self) -> None:
        """Close the canvas and let go of the layer."""
        self._is_disposed = True
        self.follow(None)
        self._drawn.release()
        self.canvas.close()
        self.canvas.deleteLater()
        self.hide()
        self.deleteLater()

    def _listen(self, listening: bool) -> None:
        if self._first is None:
            return
        events = self._first.events
        for emitter in (events.stroked, events.undone, events.redone, events.data, events.scale):
            if listening:
                emitter.connect(self._on_changed)
            else:
                emitter.disconnect(self._on_changed)

    def _on_changed(self) -> None:
        self._timer.start()

    def _ask(self) -> None:
        if self._first is None:
            return
        self._asked += 1
        self._worker.run(partial(thinned, self._first.data), partial(self._show, self._asked), self._on_failed)

    def _show(self, asked: int, mask: ThinnedMask | None) -> None:
        if asked != self._asked or self._first is None or self._is_disposed:
            return
        if mask is None:
            self._clear()
            return
        spacing = np.asarray(self._first.scale, dtype=float)
        scale, corner = spacing * mask.step, spacing * mask.corner
        was_shown = self.body is not None
        if self._body is None:
            self._body = Labels(mask.array, colormap=self._first.colormap, scale=scale, translate=corner, opacity=1.0)
            self.model.layers.insert(0, self._body)
            self.model.dims.ndisplay = 3
            self.model.scene.camera.angles = _ANGLES
        else:
            self._body.data = mask.array
            self._body.scale, self._body.translate = scale, corner
            self._body.colormap = self._first.colormap
            self._body.visible = True
        if not was_shown:
            self._fit()

    def _fit(self) -> None:
        """Bring the body and what is drawn into sight, without a turn."""
        boxes = [] if self._drawn.box_mm is None else [self._drawn.box_mm]
        if self.body is not None:
            boxes.append(tuple(self.body.extent.world))
        if boxes:
            low, high = np.min(boxes, axis=(0, 1)), np.max(boxes, axis=(0, 1))
            camera = self.model.scene.camera
            camera.center = tuple(((low + high) / 2).tolist())
            high_mm, _, wide_mm = np.maximum(high - low, _SMALLEST_MM).tolist()
            camera.zoom = _FILLED * min(self.width() / wide_mm, self.height() / high_mm)

    def _clear(self) -> None:
        if self._body is not None:
            self._body.visible = False  # software renderers crash when a layer is taken out between two pictures

    def _on_failed(self, error: Exception) -> None:  # noqa: ARG002 - whatever it was
        """Show nothing: the mask itself is not touched by this."""
        self._clear()
