"""Saying a number for a case."""

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_medal.core.quantity import Quantity

_NOT_SAID = "not said yet"


class ValuePanel(QWidget):
    """A field for the number, in its unit and range; what the model says; a button that takes it over."""

    value_chosen = Signal(object)
    """(float, or None where the field was emptied)"""
    accept_requested = Signal()
    """Enter asks to accept the number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.field = _Field()
        self.model = QLabel()
        self.take = QPushButton("As the model")
        self._predicted: float | None = None
        self.model.setWordWrap(True)
        self.title.setBuddy(self.field)
        self.model.setToolTip("The mean of what the model's members say, and their standard deviation")
        self.take.setToolTip("Say what the model says")
        self.take.setMinimumHeight(28)
        row = QHBoxLayout()
        row.addWidget(self.title)
        row.addWidget(self.field, 1)
        row.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(row)
        layout.addWidget(self.model)
        self.field.valueChanged.connect(self._on_changed)
        self.field.entered.connect(self.accept_requested)
        self.take.clicked.connect(self._on_taken)

    def show_answer(
        self, quantity: Quantity, predicted: float | None, spread: float | None, chosen: float | None
    ) -> None:
        """Show what is measured, what the model says with the spread of its members, and the number that is chosen."""
        self._predicted = predicted
        self.title.setText(f"{quantity.name[:1].upper()}{quantity.name[1:]}")
        self.field.show_quantity(quantity)
        self.field.show_value(chosen)
        self.take.setEnabled(predicted is not None)
        self.model.setText(_in_words(quantity, predicted, spread))

    def begin(self, digit: int) -> None:
        """Say a number anew, of which this is the first digit."""
        self.field.setFocus()
        self.field.begin(str(digit))

    def _on_changed(self) -> None:
        self.value_chosen.emit(self.field.number)

    def _on_taken(self) -> None:
        """Take the model's number over to the last bit, not as it is shown."""
        if self._predicted is not None:
            self.field.show_value(self._predicted)
            self.value_chosen.emit(self._predicted)


class _Field(QDoubleSpinBox):
    """A spin box that may hold nothing: the smallest step below its range stands for that."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._low = 0.0
        self.setMinimumHeight(28)
        self.setSpecialValueText(_NOT_SAID)
        self.setAccelerated(True)
        self.setCorrectionMode(QDoubleSpinBox.CorrectionMode.CorrectToNearestValue)

    @property
    def number(self) -> float | None:
        """What is said; None for nothing."""
        return None if self.value() < self._low else self.value()

    def show_quantity(self, quantity: Quantity) -> None:
        """Take over unit, range and step."""
        self.blockSignals(True)
        self._low = quantity.low
        self.setDecimals(quantity.decimals + 1)
        self.setRange(quantity.low - 10.0 ** -(quantity.decimals + 1), quantity.high)
        self.setSingleStep(10.0 ** (1 - quantity.decimals))
        self.setSuffix(f" {quantity.unit}" if quantity.unit else "")
        self.setToolTip(f"{quantity}; a digit begins a new number, up and down change it, Enter accepts it")
        self.blockSignals(False)

    def show_value(self, value: float | None) -> None:
        """Show a number, or that none is said; nobody is told."""
        self.blockSignals(True)
        self.setValue(self.minimum() if value is None else value)
        self.blockSignals(False)

    def begin(self, text: str) -> None:
        """Put text in place of what is there, as if it had been typed."""
        self.selectAll()
        self.lineEdit().insert(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Hear of Enter."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.entered.emit()

    def stepBy(self, steps: int) -> None:  # noqa: N802 - Qt's name
        """Step within the range; the first step from nothing leads to its lower end."""
        if self.number is None:
            self.setValue(self._low)
        else:
            super().stepBy(max(steps, round((self._low - self.value()) / self.singleStep())))


def _in_words(quantity: Quantity, predicted: float | None, spread: float | None) -> str:
    if predicted is None:
        return "No prediction to show."
    said = f"The model says {quantity.in_words(predicted)}"
    return f"{said}; its members deviate by {quantity.in_words(spread)}." if spread is not None else f"{said}."
