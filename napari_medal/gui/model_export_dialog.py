"""A model version for others' programs, in a window of its own."""

from collections.abc import Mapping
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_medal.gui.panels.folder_field import FolderField
from napari_medal.gui.panels.job_bar import JobBar

_WIDTH = 520


class ModelExportDialog(QDialog):
    """Asks in which format, and where to, a model version is written.

    Args:
        number: Of the version.
        folder: What is suggested.
        parent: Qt parent.
    """

    export_requested = Signal(str, object)
    """(format's name, folder: Path)"""
    folder_requested = Signal(object)
    """(folder: Path): show it."""

    def __init__(self, number: int, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Export model v{number}")
        self.setMinimumWidth(_WIDTH)
        self.formats = QComboBox()
        self.formats.setToolTip("For which programs; each comes with the model's card")
        self.folder = FolderField(
            "Export to", "A new or an empty folder", "Where the model goes; nothing that is there is overwritten"
        )
        self.folder.show_folder(folder)
        self.export = QPushButton("Export")
        self.export.setToolTip("Write all members of the version, with what its answers are corrected by (Enter)")
        self.export.setDefault(True)
        self.export.setMinimumHeight(32)
        self.job = JobBar(can_pause=False)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.show_folder = QPushButton("Open the folder")
        self.show_folder.setToolTip("Show what was written")
        self.leave = QPushButton("Close")
        self.leave.setToolTip("Close the window; what is under way goes on (Esc)")
        for button in (self.show_folder, self.leave, self.job.cancel):
            button.setAutoDefault(False)
        self._written: Path | None = None
        self._lay_out()
        self.export.clicked.connect(self._on_export)
        self.leave.clicked.connect(self.reject)
        self.show_folder.clicked.connect(self._on_folder_requested)
        self.folder.changed.connect(self._enable)
        self._enable()

    def show_formats(self, formats: Mapping[str, str]) -> None:
        """Offer formats, name to title."""
        self.formats.clear()
        for name, title in formats.items():
            self.formats.addItem(title, name)
        self._enable()

    def show_started(self, title: str) -> None:
        """Show that the model is being written."""
        self.outcome.clear()
        self._written = None
        self.job.show_started(title)
        self._enable()

    def show_ended(self, outcome: str, written: Path | None = None) -> None:
        """Show that nothing is being written any more, what came of it, and where."""
        self.job.show_ended()
        self._written = written
        self.outcome.setText(outcome)
        self._enable()

    def _enable(self) -> None:
        ready = self.job.isHidden() and self.formats.count() > 0 and self.folder.folder is not None
        self.export.setEnabled(ready)
        self.show_folder.setVisible(self._written is not None)

    def _on_export(self) -> None:
        self.export_requested.emit(self.formats.currentData(), self.folder.folder)

    def _on_folder_requested(self) -> None:
        self.folder_requested.emit(self._written)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Format", self.formats)
        form.addRow("Folder", self.folder)
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.export)
        layout.addWidget(self.job)
        layout.addWidget(self.outcome)
        layout.addLayout(buttons)
