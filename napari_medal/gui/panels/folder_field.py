"""A folder that a person chooses or types."""

from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget


class FolderField(QWidget):
    """A line for a folder, with a button that browses.

    Args:
        title: Of the window that browses.
        hint: What the empty line says.
        tip: What the folder is for.
        parent: Qt parent.
    """

    changed = Signal()

    def __init__(self, title: str, hint: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setToolTip(tip)
        self.browse = QPushButton("Choose…")
        self.browse.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.browse)
        self.line.textChanged.connect(self.changed)
        self.browse.clicked.connect(self._on_browse)

    @property
    def folder(self) -> Path | None:
        """What was chosen; None for an empty line."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def show_folder(self, folder: Path) -> None:
        """Fill the line."""
        self.line.setText(str(folder))

    def _on_browse(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self._title, self.line.text())
        if found:
            self.line.setText(found)
