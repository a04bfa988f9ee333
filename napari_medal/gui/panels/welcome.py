"""What the dock says before a project is open."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

_TEXT = """<p style="font-size: 15px"><b>Begin here</b></p>
<p>Label medical images with the help of a model that learns from you. Everything stays on this computer.</p>"""


class WelcomePanel(QWidget):
    """Offers a new project, one that exists, and one to try the program with."""

    new_requested = Signal()
    open_requested = Signal()
    sample_requested = Signal()
    recent_requested = Signal(object)
    """(folder: Path)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel(_TEXT)
        self.text.setWordWrap(True)
        self.new = _large("New project from a folder of images…", "Choose images and say what you want to label")
        self.open = _large("Open a project…", "Choose the folder of a project: the one that holds medal.toml")
        self.sample = _large("Try it with made-up volumes", "Make a small project of phantoms in your home folder")
        self.recent_title = QLabel("<b>Opened last</b>")
        self._recent = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        for widget in (self.text, self.new, self.open, self.sample):
            layout.addWidget(widget)
        layout.addSpacing(12)
        layout.addWidget(self.recent_title)
        layout.addLayout(self._recent)
        layout.addStretch(1)
        self.new.clicked.connect(self.new_requested)
        self.open.clicked.connect(self.open_requested)
        self.sample.clicked.connect(self.sample_requested)
        self.recent_buttons: list[QPushButton] = []
        self.show_recent([])

    def show_recent(self, folders: Sequence[Path]) -> None:
        """Offer the projects opened last."""
        for button in self.recent_buttons:
            self._recent.removeWidget(button)
            button.deleteLater()
        self.recent_title.setVisible(bool(folders))
        self.recent_buttons = [self._recent_button(folder) for folder in folders]

    def _recent_button(self, folder: Path) -> QPushButton:
        button = QPushButton(folder.name)
        button.setToolTip(str(folder))
        button.setFlat(True)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setStyleSheet("text-align: left;")
        button.clicked.connect(partial(self._on_recent, folder))
        self._recent.addWidget(button)
        return button

    def _on_recent(self, folder: Path) -> None:
        self.recent_requested.emit(folder)


def _large(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setMinimumHeight(36)
    return button
