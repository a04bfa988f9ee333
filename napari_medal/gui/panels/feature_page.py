"""The tab of a task that measures."""

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.sketch_chooser import SketchChooser


class FeaturePage(QWidget):
    """The task's own panel, which scrolls where there is little room, what all tasks that measure have, and progress.

    Args:
        panel: The task's panel.
        parent: Qt parent.
    """

    comparison_requested = Signal()
    """The reader wants to compare the figures of all masks with a table."""

    def __init__(self, panel: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = panel
        self.chooser = SketchChooser()
        self.compare = QPushButton("Compare with a table…")
        self.compare.setToolTip("Test the figures of all masks against what a CSV file says of the subjects")
        self.compare.clicked.connect(self.comparison_requested)
        self.job = JobBar(can_pause=False)
        area = QScrollArea()
        area.setWidget(panel)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.chooser)
        layout.addWidget(area, 1)
        layout.addWidget(self.compare)
        layout.addWidget(self.job)
