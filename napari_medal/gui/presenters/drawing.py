"""What a reader draws with, and the label layer."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QObject, Signal

from napari_medal.core.labels import LabelScheme
from napari_medal.core.target import Target
from napari_medal.edit.encircle import encircle
from napari_medal.edit.intensity_range import intensity_range
from napari_medal.edit.permit import Permit
from napari_medal.gui.brush import brush_mm, brush_size
from napari_medal.gui.desk import Desk
from napari_medal.gui.draw_mode import DrawMode
from napari_medal.gui.drawing_at_hand import drawing_at_hand
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.gui.lasso import Lasso
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.layout import DockLayout
from napari_medal.gui.presenters.tools import ToolsPresenter
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.session import Session


class DrawingPresenter(QObject):
    """Keeps the panel and the label layer in step, whichever of them a reader turns to."""

    failed = Signal(object)
    """(Exception)"""

    def __init__(
        self, desk: Desk, layers: CaseLayers, panels: DockLayout, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layers = layers
        self._panels = panels
        self._panel = panels.drawing
        self._worker = worker
        self._label: LabelLayer | None = None
        self._opened: OpenedCase | None = None
        self._scheme: LabelScheme | None = None
        self._brush_mm: float | None = None
        self._is_held = False
        self._lasso = Lasso(self._on_lassoed)
        self.tools = ToolsPresenter(layers, self._panel, worker)
        self.tools.failed.connect(self.failed)
        self.tools.busy_changed.connect(self._on_busy)
        self._connect_panel()
        desk.project_opened.connect(self._on_project_opened)
        desk.task_changed.connect(self._on_task_changed)
        desk.case_opened.connect(self._on_case_opened)
        desk.case_closed.connect(self._on_case_closed)
        layers.viewer.dims.events.order.connect(self._show_brush)

    def choose_lasso(self) -> None:
        """Draw with the lasso, or with the brush again."""
        self.choose_mode(DrawMode.BRUSH if self._lasso.is_on else DrawMode.LASSO)

    def choose_mode(self, mode: DrawMode) -> None:
        """Let the mouse do something else to the label."""
        label = self._layers.label
        if label is None:
            return
        self._layers.viewer.layers.selection.active = label
        if mode is DrawMode.LASSO:
            self._lasso.switch_on(label)
        else:
            self._lasso.switch_off()
            if mode is DrawMode.POLYGON:
                label.n_edit_dimensions = 2
            label.mode = mode.value
        self._show_mode()

    def release(self) -> None:
        """Let go of the viewer."""
        self._lasso.switch_off()
        self._layers.viewer.dims.events.order.disconnect(self._show_brush)
        self._follow(None)
        self._desk.project_opened.disconnect(self._on_project_opened)
        self._desk.task_changed.disconnect(self._on_task_changed)
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_closed.disconnect(self._on_case_closed)

    def _connect_panel(self) -> None:
        panel = self._panel
        panel.labels.label_requested.connect(self._on_label_requested)
        panel.modes.mode_requested.connect(self.choose_mode)
        panel.brush.size_requested.connect(self._on_size_requested)
        panel.brush.ball_requested.connect(self._on_ball_requested)
        panel.brush.undo_requested.connect(self._on_undo_requested)
        panel.brush.redo_requested.connect(self._on_redo_requested)
        panel.limits.changed.connect(self._limit)
        panel.limits.range_requested.connect(self._on_range_requested)

    def _follow(self, label: LabelLayer | None) -> None:
        """Listen to another label layer."""
        if label is self._label:
            return
        if self._label is not None:
            for event, listener in self._listeners(self._label):
                event.disconnect(listener)
        self._label = label
        if label is not None:
            for event, listener in self._listeners(label):
                event.connect(listener)

    def _listeners(self, label: LabelLayer):  # type: ignore[no-untyped-def]  # napari has no types
        events = label.events
        return (
            (events.selected_label, self._on_label_selected),
            (events.mode, self._on_mode_changed),
            (events.brush_size, self._on_brush_changed),
            (events.n_edit_dimensions, self._show_brush),
            (events.stroked, self._on_changed),
            (events.undone, self._on_changed),
            (events.redone, self._on_changed),
        )

    def _on_project_opened(self, session: "Session") -> None:
        self.tools.show_project(session)

    def _on_task_changed(self, task: str) -> None:
        session = self._desk.session
        if session is not None:
            self._panels.show_drawing(session.task(task).target is Target.MASK)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        session, label = self._desk.session, self._layers.label
        if session is None or label is None:
            self._on_case_closed()
            return
        if label is not self._label:
            self._lasso.switch_off()
        self._opened, self._scheme = opened, session.scheme(opened.task)
        self._follow(label)
        self._panel.show_ready(True)
        self._panel.labels.show_labels(self._scheme)
        self.tools.show_case(opened, self._scheme)
        if self._brush_mm is not None:
            self._on_size_requested(self._brush_mm)
        self._on_label_selected()
        self._show_mode()
        self._show_brush()
        self._show_steps()

    def _on_case_closed(self) -> None:
        self._lasso.switch_off()
        self._follow(None)
        self._opened = self._scheme = None
        self.tools.show_case(None, None)
        self._panel.show_ready(False)

    def _on_label_requested(self, value: int) -> None:
        if self._lasso.is_on and self._label is not None:
            self._label.selected_label = value
        else:
            self._layers.choose_label(value)

    def _on_label_selected(self) -> None:
        if self._label is not None:
            self._panel.labels.show_selected(self._label.selected_label)
            self._limit()

    def _on_mode_changed(self) -> None:
        if self._label is not None and self._label.mode != DrawMode.MOVE.value:
            self._lasso.switch_off()
        self._show_mode()

    def _show_mode(self) -> None:
        if self._label is None:
            return
        known = {mode.value: mode for mode in DrawMode}
        self._panel.modes.show_mode(DrawMode.LASSO if self._lasso.is_on else known.get(str(self._label.mode)))

    def _painted_mm(self, label: LabelLayer) -> list[float]:
        """Return the spacing of the axes that the brush paints along."""
        painted = self._layers.viewer.dims.order[-int(label.n_edit_dimensions) :]
        spacing_mm = list(label.scale)
        first = self._layers.viewer.dims.ndim - len(spacing_mm)
        return [float(spacing_mm[axis - first]) for axis in painted if axis >= first] or spacing_mm

    def _on_size_requested(self, diameter_mm: float) -> None:
        if self._label is not None:
            self._label.brush_size = brush_size(diameter_mm, self._painted_mm(self._label))
            self._brush_mm = diameter_mm
            self._show_brush()

    def _on_ball_requested(self, is_ball: bool) -> None:
        label = self._label
        if label is None:
            return
        diameter_mm = brush_mm(label.brush_size, self._painted_mm(label))
        label.n_edit_dimensions = 3 if is_ball else 2
        label.brush_size = brush_size(diameter_mm, self._painted_mm(label))
        self._show_brush()

    def _on_brush_changed(self) -> None:
        if self._label is not None:
            self._brush_mm = brush_mm(self._label.brush_size, self._painted_mm(self._label))
            self._show_brush()

    def _show_brush(self) -> None:
        if self._label is not None:
            painted_mm = self._painted_mm(self._label)
            diameter_mm = brush_mm(self._label.brush_size, painted_mm)
            self._panel.brush.show_brush(diameter_mm, 2.0 * min(painted_mm), self._label.n_edit_dimensions == 3)

    def _on_undo_requested(self) -> None:
        if self._label is not None:
            self._label.undo()

    def _on_redo_requested(self) -> None:
        if self._label is not None:
            self._label.redo()

    def _on_changed(self) -> None:
        self.tools.note_change()
        self._show_steps()

    def _show_steps(self) -> None:
        if self._label is not None:
            self._panel.brush.show_steps(self._label.undo_steps, self._label.redo_steps)

    def _on_busy(self, is_busy: bool) -> None:
        self._is_held = is_busy
        self._limit()

    def _limit(self) -> None:
        """Allow drawing where the panel says; nowhere while a tool is at work."""
        label, scheme = self._label, self._scheme
        if label is None or scheme is None:
            return
        others = frozenset(scheme.values) - {int(label.selected_label)}
        protected = others if self._panel.limits.protect.isChecked() else frozenset()
        label.permit = Permit(protected, self._panel.limits.intensities, self._is_held)

    def _on_range_requested(self) -> None:
        label, opened, scheme = self._label, self._opened, self._scheme
        if label is None or opened is None or scheme is None:
            return
        drawing = drawing_at_hand(opened, scheme, label, self._layers.viewer)
        self._worker.run(lambda: intensity_range(drawing), self._on_range, self.failed.emit)

    def _on_range(self, found: tuple[float, float]) -> None:
        self._panel.limits.show_range(*found)

    def _on_lassoed(self, label: LabelLayer, points: npt.NDArray[np.float64], erase: bool) -> None:
        """Draw what was encircled in the slice that is seen."""
        dims = self._layers.viewer.dims
        axis = next(axis - (dims.ndim - 3) for axis in dims.order if axis >= dims.ndim - 3)
        number = int(np.clip(round(points[0, axis]), 0, label.data.shape[axis] - 1))
        value = 0 if erase else int(label.selected_label)
        stroke = encircle(label.data, np.delete(points, axis, axis=1), axis, number, value)
        label.draw(label.permit.limit(stroke, label.image))
