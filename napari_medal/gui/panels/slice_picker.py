"""Which slices of the mask are right."""

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QListWidget, QPushButton, QSpinBox, QVBoxLayout, QWidget

from napari_medal.core.slice_ranges import SliceRanges, in_words

_LIST_PX = 64


class SlicePicker(QWidget):
    """Asks for ranges of slices, counted from 1, and to accept these alone."""

    here_requested = Signal(bool)
    """The slice at hand is wanted: for the first slice (True) or the last."""
    range_added = Signal(int, int)
    """(first, last), from 0, both counted in."""
    range_removed = Signal(int)
    """(row)"""
    accept_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = _spin_box("First slice that is right, counted from 1")
        self.last = _spin_box("Last slice that is right, counted from 1")
        self.from_here = _button("From here", "Take the slice in view as the first one")
        self.to_here = _button("To here", "Take the slice in view as the last one")
        self.add = _button("Add", "Call these slices right (K adds the slice in view)")
        self.ranges = _Ranges()
        self.remove = _button("Take out", "Take the marked slices out of the list (Delete)")
        self.accept = _button("Accept these slices", "Keep the mask; the model learns from these slices alone")
        self._is_open = False
        self._lay_out()
        self.from_here.clicked.connect(self._on_from_here)
        self.to_here.clicked.connect(self._on_to_here)
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self.ranges.delete_pressed.connect(self._on_remove)
        self.ranges.currentRowChanged.connect(self._enable)
        self.accept.clicked.connect(self.accept_requested)
        self._enable()

    def show_slices(self, slices: int, ranges: SliceRanges) -> None:
        """Show a mask of so many slices, and those of them that are right; 0 slices for none."""
        self._is_open = slices > 1
        for box in (self.first, self.last):
            box.setRange(1, max(1, slices))
        self.first.setValue(1)
        self.last.setValue(max(1, slices))
        self.show_ranges(ranges)

    def show_ranges(self, ranges: SliceRanges) -> None:
        """Show the slices that are right."""
        self.ranges.clear()
        self.ranges.addItems([f"slices {in_words((pair,))}" for pair in ranges])
        self._enable()

    def show_here(self, slice_index: int, is_first: bool) -> None:
        """Show the slice at hand, from 0, as the first or the last one."""
        (self.first if is_first else self.last).setValue(slice_index + 1)

    def _enable(self) -> None:
        for widget in (self.first, self.last, self.from_here, self.to_here, self.add):
            widget.setEnabled(self._is_open)
        self.remove.setEnabled(self._is_open and self.ranges.currentRow() >= 0)
        self.accept.setEnabled(self._is_open and self.ranges.count() > 0)

    def _on_from_here(self) -> None:
        self.here_requested.emit(True)

    def _on_to_here(self) -> None:
        self.here_requested.emit(False)

    def _on_add(self) -> None:
        first, last = sorted((self.first.value() - 1, self.last.value() - 1))
        self.range_added.emit(first, last)

    def _on_remove(self) -> None:
        if self.ranges.currentRow() >= 0:
            self.range_removed.emit(self.ranges.currentRow())

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.addWidget(QLabel("From"), 0, 0)
        grid.addWidget(self.first, 0, 1)
        grid.addWidget(self.from_here, 0, 2)
        grid.addWidget(QLabel("To"), 1, 0)
        grid.addWidget(self.last, 1, 1)
        grid.addWidget(self.to_here, 1, 2)
        grid.addWidget(self.add, 0, 3, 2, 1)
        grid.setColumnStretch(1, 1)
        self.ranges.setFixedHeight(_LIST_PX)
        self.ranges.setToolTip("The slices that are right")
        buttons = QHBoxLayout()
        buttons.addWidget(self.accept, 1)
        buttons.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(grid)
        layout.addWidget(self.ranges)
        layout.addLayout(buttons)


class _Ranges(QListWidget):
    """A list that speaks of Delete."""

    delete_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Turn Delete into a signal; the rest is Qt's."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
            return
        super().keyPressEvent(event)


def _spin_box(tip: str) -> QSpinBox:
    box = QSpinBox()
    box.setToolTip(tip)
    box.setAccessibleName(tip)
    return box


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
