"""How reader and model share the readings."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from napari_medal.core.reading_mode import ReadingMode

_TITLES = {
    ReadingMode.CONCURRENT: "Concurrent: the prediction is there from the start",
    ReadingMode.SECOND_READ: "Second read: you first, then the model",
    ReadingMode.TRIAGE: "Triage: the model orders the list",
    ReadingMode.RULE_OUT: "Rule-out: likely negatives come last",
}
_EXPLAINED = {
    ReadingMode.CONCURRENT: "You correct what the model drew. Beware of agreeing too fast.",
    ReadingMode.SECOND_READ: (
        "You start from an empty label and press Accept; then the prediction is shown, and you accept once more."
    ),
    ReadingMode.TRIAGE: "You start from an empty label; the prediction and its maps are never shown.",
    ReadingMode.RULE_OUT: "As concurrent; cases with almost nothing predicted stand apart at the end of the list.",
}


class ModeChooser(QWidget):
    """Shows the mode of a task and asks for another one."""

    mode_requested = Signal(object)
    """(ReadingMode)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.modes = QComboBox()
        for mode, title in _TITLES.items():
            self.modes.addItem(title, mode.value)
        self.modes.setToolTip("How the model helps you; kept in medal.toml, and with every label")
        self.modes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.explained = QLabel()
        self.explained.setWordWrap(True)
        self.figure = QLabel()
        self.figure.setWordWrap(True)
        self.figure.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.modes, self.explained, self.figure):
            layout.addWidget(widget)
        self.modes.activated.connect(self._on_activated)

    def show_mode(self, mode: ReadingMode) -> None:
        """Show the mode in force."""
        self.modes.setCurrentIndex(self.modes.findData(mode.value))
        self.explained.setText(_EXPLAINED[mode])

    def show_figure(self, text: str) -> None:
        """Show how many cases are ruled out and missed; "" for nothing."""
        self.figure.setText(text)
        self.figure.setVisible(bool(text))

    def _on_activated(self) -> None:
        self.mode_requested.emit(ReadingMode(self.modes.currentData()))
