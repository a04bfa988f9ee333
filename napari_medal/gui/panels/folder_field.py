"""A folder that a person chooses, types, or drops."""

from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtGui import QDragEnterEvent, QDropEvent
from qtpy.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget


class FolderField(QWidget):
    """A line for a folder, with a button that browses; a folder may be dropped on it.

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
        self.line.setAcceptDrops(False)  # it would take the address as text
        self.setAcceptDrops(True)
        self.browse = QPushButton("Choose…")
        self.browse.setToolTip(tip)
        self.browse.setAutoDefault(False)
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

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take one file or folder of this computer."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Fill the line with what was dropped."""
        self.line.setText(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()

    def _on_browse(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self._title, self.line.text())
        if found:
            self.line.setText(found)
