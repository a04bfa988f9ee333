"""Which label the brush draws."""

from qtpy.QtCore import Signal
from qtpy.QtGui import QColor, QIcon, QPixmap
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from napari_medal.core.labels import LabelScheme

_SWATCH_PX = 12


class LabelChooser(QWidget):
    """One button for each label, with its colour and name; the one that the brush draws is pressed."""

    label_requested = Signal(int)
    """(label value)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = QButtonGroup(self)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._scheme: LabelScheme | None = None
        self._buttons.idClicked.connect(self.label_requested)

    def show_labels(self, scheme: LabelScheme) -> None:
        """Show the labels of a scheme."""
        if scheme == self._scheme:
            return
        self._scheme = scheme
        for button in self._buttons.buttons():
            self._buttons.removeButton(button)
            self._layout.removeWidget(button)
            button.deleteLater()
        for label in scheme.classes:
            swatch = QPixmap(_SWATCH_PX, _SWATCH_PX)
            swatch.fill(QColor(label.color))
            button = QPushButton(QIcon(swatch), label.name)
            button.setCheckable(True)
            button.setToolTip(f"Draw {label.name}, stored as {label.value} (- and = for the label before and after)")
            self._buttons.addButton(button, label.value)
            self._layout.addWidget(button)

    def show_selected(self, value: int) -> None:
        """Press the button of a label; none for the background."""
        chosen = self._buttons.button(value)
        self._buttons.setExclusive(chosen is not None)
        for button in self._buttons.buttons():
            button.setChecked(button is chosen)
