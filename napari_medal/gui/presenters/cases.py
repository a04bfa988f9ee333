"""The work list, the case at hand, and its layers."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from napari.layers import Layer
from qtpy.QtCore import QObject, QTimer
from qtpy.QtWidgets import QWidget

from napari_medal.core.labels import LabelScheme
from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.target import Target
from napari_medal.errors import ExtensionError
from napari_medal.gui.desk import Desk
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.layout import DockLayout
from napari_medal.gui.messages import tell_problem
from napari_medal.gui.reader_name import remember_reader, remembered_reader
from napari_medal.gui.task_panel import NumberPanel, TaskPanel, load_panel

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.ranking import WorkItem

_DIGITS = 9


class CasesPresenter(QObject):
    """Shows what the desk says, and hands it what the reader asks for."""

    def __init__(self, desk: Desk, layers: CaseLayers, panels: DockLayout, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layers = layers
        self._panels = panels
        self._task_panel: TaskPanel | NumberPanel | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._on_tick)
        panels.reading.reader.setText(remembered_reader())
        desk.reader = self._listed_for = self.reader
        self._connect_panels()
        self._connect_desk()

    @property
    def reader(self) -> str:
        """The reader's name."""
        return self._panels.reading.reader.text().strip() or remembered_reader()

    def accept(self, confirmed: SliceRanges | None = None) -> None:
        """Accept the case at hand, or some slices of it, under the reader's name."""
        remember_reader(self.reader)
        self._desk.accept(self.reader, confirmed)

    def toggle_prediction(self) -> None:
        """Show or hide the outline of the prediction."""
        self._panels.reading.prediction.toggle()

    def toggle_uncertainty(self) -> None:
        """Show or hide the uncertainty map."""
        self._panels.reading.uncertainty.toggle()

    def release(self) -> None:
        """Show nothing any more."""
        self._clock.stop()
        self._desk.task_changed.disconnect(self._on_task_changed)
        self._desk.list_changed.disconnect(self._on_list_changed)
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_closed.disconnect(self._on_case_closed)

    def _connect_panels(self) -> None:
        reading = self._panels.reading
        reading.accept_requested.connect(self.accept)
        reading.reader_changed.connect(self._on_reader_changed)
        reading.reader.editingFinished.connect(self._on_reader_named)
        reading.skip_requested.connect(self._desk.skip)
        reading.reopen_requested.connect(self._desk.reopen)
        reading.next_requested.connect(self._desk.open_next)
        reading.prediction_toggled.connect(self._layers.set_prediction_visible)
        reading.uncertainty_toggled.connect(self._layers.set_uncertainty_visible)
        reading.label_hidden.connect(self._on_label_hidden)
        self._panels.work_list.open_requested.connect(self._desk.open_case)
        self._panels.header.task_requested.connect(self._desk.choose_task)

    def _connect_desk(self) -> None:
        self._desk.task_changed.connect(self._on_task_changed)
        self._desk.list_changed.connect(self._on_list_changed)
        self._desk.case_opened.connect(self._on_case_opened)
        self._desk.case_closed.connect(self._on_case_closed)
        self._desk.busy_changed.connect(self._panels.reading.show_busy)

    def _on_task_changed(self, task: str) -> None:
        """Show the task's own panel, or the tools for drawing."""
        session = self._desk.session
        if session is None:
            return
        behind = session.task(task)
        self._task_panel = None
        widget: QWidget | None = None
        if behind.panel and behind.target is not Target.MASK:
            try:
                widget = load_panel(behind.panel, behind.target)
            except ExtensionError as error:
                tell_problem(error)
        if widget is not None:
            self._connect_task_panel(widget, behind.target)
        self._panels.set_task_panel(widget)
        self._layers.bind_keys(self._digits(behind.target))
        self._panels.reading.show_mask_tools(behind.target is Target.MASK)

    def _connect_task_panel(self, widget: QWidget, target: Target) -> None:
        """Listen to the panel of a task that asks for a class, or for a number."""
        if target is Target.VALUE:
            self._task_panel = cast("NumberPanel", widget)
            self._task_panel.value_chosen.connect(self._desk.choose)
        else:
            self._task_panel = cast("TaskPanel", widget)
            self._task_panel.class_chosen.connect(self._desk.choose)
        self._task_panel.accept_requested.connect(self.accept)
        widget.setEnabled(False)

    def _digits(self, target: Target) -> dict[str, Callable[[Layer], None]]:
        """Bind digits to the panel: on our own image layers, where napari means nothing by most of them.

        They choose classes, or begin a number.
        """
        panel = self._task_panel
        if panel is None:
            return {}
        if target is Target.VALUE:
            begin = cast("NumberPanel", panel).begin
            return {str(digit): _with_layer(begin, digit) for digit in range(_DIGITS + 1)}
        choose = cast("TaskPanel", panel).choose
        return {str(position + 1): _with_layer(choose, position) for position in range(_DIGITS)}

    def _on_list_changed(self, items: "Sequence[WorkItem]") -> None:
        self._panels.work_list.show_items(items)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        session = self._desk.session
        if session is None:
            return
        scheme = session.scheme(opened.task)
        self._layers.show(opened, scheme)
        self._panels.reading.show_case(opened)
        self._panels.reading.show_seconds(opened.seconds_spent - opened.seconds_of_others)
        self._panels.work_list.mark_current(opened.case.name)
        if self._task_panel is not None:
            cast("QWidget", self._task_panel).setEnabled(True)
            self._show_answer(opened, scheme)
        self._clock.start()

    def _show_answer(self, opened: "OpenedCase", scheme: LabelScheme) -> None:
        """Show the classes or the number of a case in the task's panel."""
        if scheme.quantity is None:
            choosing = cast("TaskPanel", self._task_panel)
            probabilities = opened.probabilities
            shown = probabilities[...] if probabilities is not None and probabilities.ndim == 1 else None
            choosing.show_answer(scheme, shown, opened.class_value)
        else:
            measuring = cast("NumberPanel", self._task_panel)
            measuring.show_answer(scheme.quantity, opened.predicted_value, opened.spread, opened.value)

    def _on_case_closed(self) -> None:
        self._clock.stop()
        self._layers.clear()
        self._panels.reading.show_no_case()
        self._panels.work_list.mark_current("")
        if self._task_panel is not None:
            cast("QWidget", self._task_panel).setEnabled(False)

    def _on_reader_changed(self) -> None:
        self._desk.reader = self.reader

    def _on_reader_named(self) -> None:
        """Show another reader what they may see: the list, and the case at hand."""
        if self._desk.reader == self._listed_for:
            return
        self._listed_for = self._desk.reader
        if self._desk.reading is None:
            self._desk.refresh()
        else:
            self._desk.read_again(self._desk.reading.opened.case.name)

    def _on_tick(self) -> None:
        if self._desk.reading is not None:
            self._panels.reading.show_seconds(self._desk.reading.seconds)

    def _on_label_hidden(self, hidden: bool) -> None:
        self._layers.set_label_visible(not hidden)


def _with_layer(act: Callable[[int], None], number: int) -> Callable[[Layer], None]:
    """Return what a digit does: a function with a name, as napari asks for the names of all that is bound."""

    def choose(layer: Layer) -> None:  # noqa: ARG001 - napari hands the layer over
        act(number)

    return choose
