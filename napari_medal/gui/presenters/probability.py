"""The heat map of what the model thinks of the case at hand."""

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_medal.core.heat_map import heat_map
from napari_medal.gui.desk import Desk
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.panels.reading import ReadingPanel
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.core.shares import Bytes
    from napari_medal.loop.opening import OpenedCase


class ProbabilityPresenter(QObject):
    """Shows how likely the label in hand is, or any label while the eraser is in hand; unpacked when it is wanted.

    Args:
        desk: Knows the case at hand.
        layers: Where it is shown.
        panel: Where it is asked for.
        worker: Unpacks it.
        parent: Qt parent.
    """

    shown = Signal()
    failed = Signal(object)
    """(Exception)"""

    def __init__(
        self, desk: Desk, layers: CaseLayers, panel: ReadingPanel, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layers = layers
        self._panel = panel
        self._worker = worker
        self._opened: OpenedCase | None = None
        self._label: LabelLayer | None = None
        self._asked = 0
        panel.probability_toggled.connect(self._update)
        desk.case_opened.connect(self._on_case_opened)
        desk.case_closed.connect(self._on_case_closed)

    def toggle(self) -> None:
        """Show or hide the heat map."""
        self._panel.probability.toggle()

    def release(self) -> None:
        """Hear no more."""
        self._follow(None)
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_closed.disconnect(self._on_case_closed)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        self._opened = opened
        self._follow(self._layers.label)
        self._update()

    def _on_case_closed(self) -> None:
        self._opened = None
        self._follow(None)
        self._update()

    def _follow(self, label: LabelLayer | None) -> None:
        if self._label is not None:
            self._label.events.selected_label.disconnect(self._update)
        self._label = label
        if label is not None:
            label.events.selected_label.connect(self._update)

    def _update(self) -> None:
        opened, session = self._opened, self._desk.session
        self._asked += 1
        heat = opened.heat if opened is not None and self._panel.probability.isChecked() else None
        if opened is None or session is None or heat is None:
            self._layers.probability.hide()
            return
        values = session.scheme(opened.task).values
        chosen = 0 if self._label is None else self._label.selected_label
        position = values.index(chosen) if chosen in values else None
        self._worker.run(partial(heat_map, heat, position), partial(self._show, self._asked), self.failed.emit)

    def _show(self, asked: int, percent: "Bytes") -> None:
        if asked == self._asked:
            self._layers.show_probability(percent)
            self.shown.emit()
