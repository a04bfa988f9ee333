"""The labels of a task that is being made."""

from collections.abc import Sequence

from qtpy.QtCore import Signal
from qtpy.QtGui import QColor, QIcon, QPixmap
from qtpy.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from napari_medal.core.labels import PALETTE

_SWATCH_PX = 14


class LabelList(QWidget):
    """One line for each label, in the colour that it will have.

    Args:
        noun: What a label is called: "structure" or "class".
        examples: Shown in empty lines, one for each line at first.
        parent: Qt parent.
    """

    changed = Signal()

    def __init__(self, noun: str, examples: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._noun = noun
        self._lines: list[_Line] = []
        self.add = QPushButton(f"Add a {noun}")
        self.add.setToolTip(f"One more {noun} to tell apart")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._rows)
        layout.addWidget(self.add)
        self.add.clicked.connect(self._on_add)
        for example in examples:
            self._add_line(example)

    @property
    def names(self) -> tuple[str, ...]:
        """What was typed, without empty lines."""
        return tuple(text for line in self._lines if (text := line.name.text().strip()))

    def line(self, position: int) -> QLineEdit:
        """Return the field at `position`, from 0."""
        return self._lines[position].name

    def _on_add(self) -> None:
        self._add_line("")
        self._lines[-1].name.setFocus()

    def _add_line(self, example: str) -> None:
        line = _Line(self._noun, example)
        line.name.textChanged.connect(self.changed)
        line.removed.connect(self._on_removed)
        self._lines.append(line)
        self._rows.addWidget(line)
        self._color()

    def _on_removed(self, line: "_Line") -> None:
        if len(self._lines) > 1:
            self._lines.remove(line)
            self._rows.removeWidget(line)
            line.deleteLater()
            self._color()
        else:
            line.name.clear()
        self.changed.emit()

    def _color(self) -> None:
        for position, line in enumerate(self._lines):
            line.show_color(PALETTE[position % len(PALETTE)])


class _Line(QWidget):
    """A colour, a name, and a way to take both out."""

    removed = Signal(object)

    def __init__(self, noun: str, example: str) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.name.setPlaceholderText(f"for example: {example}" if example else f"name of the {noun}")
        self.name.setToolTip(f"The name of the {noun}, as people read it")
        self._swatch = QLabel()
        remove = QToolButton()
        remove.setText("×")
        remove.setToolTip(f"Take this {noun} out")
        remove.setAccessibleName(f"Take this {noun} out")
        remove.clicked.connect(self._on_remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._swatch, self.name, remove):
            row.addWidget(widget)

    def show_color(self, color: str) -> None:
        """Show the colour that the label will have."""
        pixmap = QPixmap(_SWATCH_PX, _SWATCH_PX)
        pixmap.fill(QColor(color))
        self._swatch.setPixmap(QIcon(pixmap).pixmap(_SWATCH_PX, _SWATCH_PX))

    def _on_remove(self) -> None:
        self.removed.emit(self)
