"""What the mouse does to the label."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from napari_medal.gui.draw_mode import DrawMode

_MODES = (
    (DrawMode.BRUSH, "Brush", "Paint the label (P)"),
    (DrawMode.ERASER, "Erase", "Paint background (E)"),
    (DrawMode.LASSO, "Lasso", "Drag around what is meant; with Shift it is erased (G)"),
    (DrawMode.POLYGON, "Polygon", "Click corners, double click for the last one (3)"),
    (DrawMode.FILL, "Fill", "Give the label to what hangs together under the pointer (F)"),
    (DrawMode.PICK, "Pick", "Choose the label under the pointer (L)"),
    (DrawMode.MOVE, "Move", "Move and zoom the view (Z)"),
)


class ModeBar(QWidget):
    """One button for each mode; the one at hand is pressed."""

    mode_requested = Signal(object)
    """(DrawMode)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self.buttons: dict[DrawMode, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for number, (mode, title, tip) in enumerate(_MODES):
            button = QPushButton(title)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setMinimumWidth(1)  # so that all of them fit into a narrow dock
            self._group.addButton(button, number)
            self.buttons[mode] = button
            layout.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)

    def show_mode(self, mode: DrawMode | None) -> None:
        """Press the button of a mode; none for one of napari's that has no button."""
        self._group.setExclusive(mode is not None)
        for own, button in self.buttons.items():
            button.setChecked(own is mode)

    def _on_clicked(self, number: int) -> None:
        self._group.setExclusive(True)
        self.mode_requested.emit(_MODES[number][0])
