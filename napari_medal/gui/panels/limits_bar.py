"""Where drawing is allowed."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

_LIMIT = 1e7


class LimitsBar(QWidget):
    """Asks to draw only on some intensities, and not over other labels."""

    changed = Signal()
    range_requested = Signal()
    """Take the range from what is drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_limited = QCheckBox("Only from")
        self.is_limited.setToolTip("Draw only where the image lies in this range; elsewhere brush and tools do nothing")
        self.low = _intensity("The lowest intensity that is drawn on")
        self.high = _intensity("The highest intensity that is drawn on")
        self.take = QPushButton("As drawn")
        self.take.setToolTip("Take the range under the label as drawn so far: its 2nd to 98th percentile")
        self.protect = QCheckBox("Protect other labels")
        self.protect.setToolTip("Never draw over a label other than the chosen one")
        first = QHBoxLayout()
        for widget in (self.is_limited, self.low, QLabel("to"), self.high, self.take):
            first.addWidget(widget)
        first.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(first)
        layout.addWidget(self.protect)
        self.is_limited.toggled.connect(self.changed)
        self.protect.toggled.connect(self.changed)
        self.low.valueChanged.connect(self.changed)
        self.high.valueChanged.connect(self.changed)
        self.take.clicked.connect(self.range_requested)

    @property
    def intensities(self) -> tuple[float, float] | None:
        """The range that is drawn on; None for all."""
        return (self.low.value(), self.high.value()) if self.is_limited.isChecked() else None

    def show_range(self, low: float, high: float) -> None:
        """Show a range, and limit drawing to it."""
        self.low.setValue(low)
        self.high.setValue(high)
        self.is_limited.setChecked(True)


def _intensity(tip: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(-_LIMIT, _LIMIT)
    box.setDecimals(1)
    box.setKeyboardTracking(False)
    box.setMinimumWidth(64)
    box.setMaximumWidth(90)
    box.setToolTip(tip)
    return box
