"""Which project and which task."""

from collections.abc import Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget


class HeaderPanel(QWidget):
    """Shows the project and asks for another one, or another task."""

    new_requested = Signal()
    open_requested = Signal()
    task_requested = Signal(str)
    keys_requested = Signal()
    about_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.project = QLabel("napari-medal")
        self.project.setStyleSheet("font-size: 15px; font-weight: 600;")
        self.new = QPushButton("New…")
        self.new.setToolTip("Make a project from a folder of images")
        self.open = QPushButton("Open…")
        self.open.setToolTip("Choose the folder of a project")
        self.task = QComboBox()
        self.task.setToolTip("What you answer for each case")
        self.keys = _tool("?", "Show all keys (?)")
        self.about = _tool("i", "About napari-medal")
        row = QHBoxLayout()
        row.addWidget(self.project, 1)
        row.addWidget(self.new)
        row.addWidget(self.open)
        row.addWidget(self.keys)
        row.addWidget(self.about)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 0)
        layout.addLayout(row)
        layout.addWidget(self.task)
        self.task.hide()
        self.new.clicked.connect(self.new_requested)
        self.open.clicked.connect(self.open_requested)
        self.keys.clicked.connect(self.keys_requested)
        self.about.clicked.connect(self.about_requested)
        self.task.textActivated.connect(self.task_requested)

    def show_project(self, name: str, folder: str, tasks: Sequence[str]) -> None:
        """Show a project; a single task needs no chooser."""
        self.project.setText(name)
        self.project.setToolTip(folder)
        self.task.clear()
        self.task.addItems(list(tasks))
        self.task.setVisible(len(tasks) > 1)


def _tool(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
