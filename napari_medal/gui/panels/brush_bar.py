"""The brush, and the way back."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QWidget


class BrushBar(QWidget):
    """Asks for the size and form of the brush, and for undo and redo."""

    size_requested = Signal(float)
    """(diameter in mm)"""
    ball_requested = Signal(bool)
    """Whether the brush paints in 3D."""
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.diameter = QDoubleSpinBox()
        self.diameter.setRange(0.1, 400.0)
        self.diameter.setDecimals(1)
        self.diameter.setSuffix(" mm")
        self.diameter.setKeyboardTracking(False)
        self.diameter.setToolTip("Diameter of the brush ([ and ] for smaller and larger)")
        self.ball = QCheckBox("Ball")
        self.ball.setToolTip("Paint in 3D, into the slices before and after too; otherwise a disk in this slice")
        self.undo = QPushButton("Undo")
        self.undo.setToolTip("Take the last step back (Ctrl+Z)")
        self.redo = QPushButton("Redo")
        self.redo.setToolTip("Do again what was taken back (Ctrl+Shift+Z)")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel("Brush"))
        layout.addWidget(self.diameter)
        layout.addWidget(self.ball)
        layout.addStretch(1)
        layout.addWidget(self.undo)
        layout.addWidget(self.redo)
        self.diameter.valueChanged.connect(self.size_requested)
        self.ball.toggled.connect(self.ball_requested)
        self.undo.clicked.connect(self.undo_requested)
        self.redo.clicked.connect(self.redo_requested)
        self.show_steps(0, 0)

    def show_brush(self, diameter_mm: float, step_mm: float, is_ball: bool) -> None:
        """Show the brush; an arrow changes it by a step."""
        for widget in (self.diameter, self.ball):
            widget.blockSignals(True)
        self.diameter.setSingleStep(step_mm)
        self.diameter.setValue(diameter_mm)
        self.ball.setChecked(is_ball)
        for widget in (self.diameter, self.ball):
            widget.blockSignals(False)

    def show_steps(self, undo: int, redo: int) -> None:
        """Show whether there are steps to take back or to do again."""
        self.undo.setEnabled(undo > 0)
        self.redo.setEnabled(redo > 0)
