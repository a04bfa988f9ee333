"""Drawing: which label, with what, where, and the tools that correct it."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QSplitter, QVBoxLayout, QWidget

from napari_medal.gui.panels.brush_bar import BrushBar
from napari_medal.gui.panels.label_chooser import LabelChooser
from napari_medal.gui.panels.limits_bar import LimitsBar
from napari_medal.gui.panels.mode_bar import ModeBar
from napari_medal.gui.panels.tool_form import ToolForm
from napari_medal.gui.panels.tool_list import ToolList


class DrawingPanel(QWidget):
    """Lays out what a reader draws with; each part has signals of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels = LabelChooser()
        self.modes = ModeBar()
        self.brush = BrushBar()
        self.limits = LimitsBar()
        self.tools = ToolList()
        self.tool = ToolForm()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.tools)
        split.addWidget(self.tool)
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(4)
        for widget in (self.labels, self.modes, self.brush, self.limits):
            layout.addWidget(widget)
        layout.addWidget(split, 1)
        self.show_ready(False)

    def show_ready(self, is_ready: bool) -> None:
        """Show whether there is a label to draw on."""
        for widget in (self.labels, self.modes, self.brush, self.limits):
            widget.setEnabled(is_ready)
        self.tool.show_ready(is_ready)
