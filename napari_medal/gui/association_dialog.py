"""Figures of masks against a table, in a window of its own."""

from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QPixmap
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from napari_medal.gui.panels.association_table import AssociationTable
from napari_medal.gui.panels.folder_field import FolderField
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.shown_association import ShownAssociation

_SIZE = (1000, 840)
_TABLE, _PICTURE = 300, 340
"""Heights to begin with."""


class AssociationDialog(QDialog):
    """Shows the tests, a picture of the areas under the curve, and what they can show; writes them where asked.

    Args:
        table: What the figures are compared with.
        folder: Where they are suggested to be written.
        parent: Qt parent.
    """

    save_requested = Signal(object)
    """(folder: Path)"""

    def __init__(self, table: Path, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Figures of masks and {table.name}")
        self.resize(*_SIZE)
        self.sentences = QLabel()
        self.sentences.setWordWrap(True)
        self.sentences.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentences.setToolTip("What was joined and tested, and what so many subjects can show")
        self.table = AssociationTable()
        self.picture = QLabel()
        self.picture.setToolTip("The area under the curve of each group against the rest, with its 95 % interval")
        self.job = JobBar(can_pause=False)
        self.folder = FolderField("Save to", "A new or an empty folder", "Where tables and picture go")
        self.folder.show_folder(folder)
        self.save = QPushButton("Save")
        self.save.setToolTip("Write the tests, the picture and all figures")
        self.leave = QPushButton("Close")
        self.leave.setToolTip("Close the window (Esc)")
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        for button in (self.save, self.leave, self.job.cancel):
            button.setAutoDefault(False)
        self._lay_out()
        self.save.clicked.connect(self._on_save)
        self.leave.clicked.connect(self.reject)
        self.folder.changed.connect(self._enable)
        self._enable()

    def show_started(self, title: str) -> None:
        """Show that something is under way."""
        self.outcome.clear()
        self.job.show_started(title)
        self._enable()

    def show_ended(self, outcome: str = "") -> None:
        """Show that nothing is under way any more, and what came of it."""
        self.job.show_ended()
        self.outcome.setText(outcome)
        self._enable()

    def show_association(self, shown: ShownAssociation) -> None:
        """Show what was found."""
        self.sentences.setText("\n".join(shown.sentences))
        self.table.show_pairs(shown.pairs)
        drawn = QPixmap()
        drawn.loadFromData(shown.picture)
        self.picture.setPixmap(drawn)
        self._enable()

    def _enable(self) -> None:
        ready = self.job.isHidden() and self.table.rowCount() > 0 and self.folder.folder is not None
        self.save.setEnabled(ready)

    def _on_save(self) -> None:
        self.save_requested.emit(self.folder.folder)

    def _lay_out(self) -> None:
        area = QScrollArea()
        area.setWidget(self.picture)
        area.setWidgetResizable(True)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.addWidget(self.table)
        parts.addWidget(area)
        parts.setSizes([_TABLE, _PICTURE])
        bottom = QHBoxLayout()
        bottom.addWidget(self.folder, 1)
        bottom.addWidget(self.save)
        bottom.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.addWidget(self.sentences)
        layout.addWidget(parts, 1)
        layout.addWidget(self.job)
        layout.addWidget(self.outcome)
        layout.addLayout(bottom)
