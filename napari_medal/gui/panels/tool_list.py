"""The correction tools, under their headings."""

from collections.abc import Mapping

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QButtonGroup, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from napari_medal.core.tool import EditTool

_GROUPS = ("Slices", "Shape", "Islands", "Image", "Model", "Labels")
"""What a reader needs most comes first; groups of others follow."""


class ToolList(QScrollArea):
    """One button for each tool; the one whose settings are shown is pressed."""

    tool_requested = Signal(str)
    """(name)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setToolTip("Tools that correct the label in one step")
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_clicked)

    def show_tools(self, tools: Mapping[str, EditTool]) -> None:
        """Show tools by name."""
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self.buttons = {}
        for heading, names in _grouped(tools).items():
            title = QLabel(heading)
            title.setStyleSheet("font-weight: 600;")
            layout.addWidget(title)
            for name in names:
                button = QPushButton(tools[name].title)
                button.setToolTip(tools[name].tip)
                button.setCheckable(True)
                button.setObjectName(name)
                self._group.addButton(button)
                self.buttons[name] = button
                layout.addWidget(button)
        layout.addStretch(1)
        self.setWidget(inner)
        self.setMinimumWidth(inner.sizeHint().width() + self.verticalScrollBar().sizeHint().width())

    def show_chosen(self, name: str) -> None:
        """Press the button of a tool."""
        if name in self.buttons:
            self.buttons[name].setChecked(True)
            self.ensureWidgetVisible(self.buttons[name])

    def _on_clicked(self, button: QPushButton) -> None:
        self.tool_requested.emit(button.objectName())


def _grouped(tools: Mapping[str, EditTool]) -> dict[str, list[str]]:
    """Return the names of tools under their headings."""
    headings = dict.fromkeys((*_GROUPS, *sorted({tool.group for tool in tools.values()})))
    grouped = {heading: [name for name, tool in tools.items() if tool.group == heading] for heading in headings}
    return {heading: names for heading, names in grouped.items() if names}
