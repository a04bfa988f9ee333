"""What a task that is being made measures."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from napari_medal.core.quantity import Quantity


class QuantityField(QWidget):
    """A line for the name, the unit, and both ends of the range."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = _line("age", "What is measured, such as age")
        self.unit = _line("years", "The unit that the numbers are in; nothing for a score")
        self.low = _line("0", "The lowest number that may occur; no reader can say a lower one")
        self.high = _line("120", "The highest number that may occur; no reader can say a higher one")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.name, 3)
        layout.addWidget(self.unit, 2)
        layout.addWidget(QLabel("from"))
        layout.addWidget(self.low, 1)
        layout.addWidget(QLabel("to"))
        layout.addWidget(self.high, 1)
        for line in (self.name, self.unit, self.low, self.high):
            line.textChanged.connect(self.changed)

    @property
    def quantity(self) -> Quantity | None:
        """What was typed; None while something is missing or makes no range."""
        try:
            low, high = float(self.low.text()), float(self.high.text())
            return Quantity(self.name.text().strip(), self.unit.text().strip(), low, high)
        except ValueError:  # so is a SettingsError
            return None


def _line(example: str, tip: str) -> QLineEdit:
    line = QLineEdit()
    line.setPlaceholderText(example)
    line.setToolTip(tip)
    return line
