"""Which intensities are black and white."""

from functools import partial

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from napari_medal.core.window import CT_PRESETS, CtPreset, Window

_AUTO = (
    ("Automatic", 1.0, 99.5, "For MR: from the 1st to the 99.5th percentile of what is not air"),
    ("Automatic, strong", 5.0, 95.0, "For MR: from the 5th to the 95th percentile of what is not air"),
    ("All intensities", 0.0, 100.0, "From the lowest to the highest intensity above the background"),
)
_LARGEST = 1e7


class WindowBar(QWidget):
    """Number fields for level and width, and a menu of presets."""

    preset_requested = Signal(object)
    """(CtPreset)"""
    percentiles_requested = Signal(float, float)
    window_requested = Signal(object)
    """(Window)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.level = _number("Level: the intensity in the middle of the window", -_LARGEST)
        self.width_field = _number("Width: the distance from black to white", 0.0)
        self.presets = QPushButton("Presets")
        self.presets.setToolTip("Windows for CT in Hounsfield units, and automatic ones for MR")
        menu = QMenu(self.presets)
        menu.setToolTipsVisible(True)
        for preset in CT_PRESETS:
            action = menu.addAction(f"CT {preset.title.lower()}")
            action.setToolTip(f"Level {preset.level:g}, width {preset.width:g} HU; kept for the next cases")
            action.triggered.connect(partial(self._on_preset, preset))
        menu.addSeparator()
        for title, low, high, tip in _AUTO:
            action = menu.addAction(title)
            action.setToolTip(tip)
            action.triggered.connect(partial(self._on_percentiles, low, high))
        self.presets.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for widget in (QLabel("L"), self.level, QLabel("W"), self.width_field, self.presets):
            row.addWidget(widget)
        row.setStretch(1, 1)
        row.setStretch(3, 1)
        self.level.valueChanged.connect(self._on_typed)
        self.width_field.valueChanged.connect(self._on_typed)

    def show_window(self, window: Window) -> None:
        """Show a window; fine steps for narrow ones."""
        decimals = 3 if window.width < 10 else 0
        for field, value in ((self.level, window.level), (self.width_field, window.width)):
            field.blockSignals(True)
            field.setDecimals(decimals)
            field.setSingleStep(max(window.width / 50, 10.0**-decimals))
            field.setValue(value)
            field.blockSignals(False)

    def _on_typed(self) -> None:
        width = self.width_field.value()
        if width > 0:
            self.window_requested.emit(Window.of(self.level.value(), width))

    def _on_preset(self, preset: CtPreset, checked: bool = False) -> None:  # noqa: ARG002 - Qt says it
        self.preset_requested.emit(preset)

    def _on_percentiles(self, low: float, high: float, checked: bool = False) -> None:  # noqa: ARG002 - likewise
        self.percentiles_requested.emit(low, high)


def _number(tip: str, low: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, _LARGEST)
    field.setDecimals(0)
    field.setKeyboardTracking(False)
    field.setToolTip(tip)
    field.setMinimumWidth(60)
    return field
