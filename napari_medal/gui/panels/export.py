"""Writing the curated dataset."""

from collections.abc import Mapping
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_medal.core.dataset import ExportReport
from napari_medal.gui.panels.job_bar import JobBar


class ExportPanel(QWidget):
    """Asks for an export in a format to a folder."""

    export_requested = Signal(str, object)
    """(format's name, folder: Path)"""
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formats = QComboBox()
        self.formats.setToolTip("How the dataset is written")
        self.folder = QLineEdit()
        self.folder.setPlaceholderText("A new or an empty folder")
        self.folder.setToolTip("Where the dataset goes; nothing that is there is overwritten")
        self.browse = QPushButton("Choose…")
        self.browse.setToolTip("Choose the folder")
        self.export = QPushButton("Export accepted cases")
        self.export.setToolTip("Write every accepted case with its last label")
        self.export.setMinimumHeight(32)
        self.job = JobBar(can_pause=False)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self._is_open = False
        self._lay_out()
        self.browse.clicked.connect(self._on_browse)
        self.export.clicked.connect(self._on_export)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.folder.textChanged.connect(self._on_folder_changed)
        self._enable()

    def show_project(self, formats: Mapping[str, str], folder: Path) -> None:
        """Offer formats (name to title) and suggest a folder."""
        self._is_open = True
        self.formats.clear()
        for name, title in formats.items():
            self.formats.addItem(title, name)
        self.folder.setText(str(folder))
        self.outcome.clear()
        self._enable()

    def show_started(self, title: str) -> None:
        """Show that an export has begun."""
        self.outcome.clear()
        self.job.show_started(title)
        self._enable()

    def show_report(self, report: ExportReport) -> None:
        """Show what was written where."""
        self._end(f"Wrote {report.cases} cases in {report.files} files to {report.folder}")

    def show_ended(self, outcome: str) -> None:
        """Show that no export runs any more, and why nothing was written."""
        self._end(outcome)

    def _end(self, outcome: str) -> None:
        self.job.show_ended()
        self.outcome.setText(outcome)
        self._enable()

    def _enable(self) -> None:
        ready = self._is_open and self.job.isHidden() and self.formats.count() > 0
        self.export.setEnabled(ready and bool(self.folder.text().strip()))

    def _on_folder_changed(self) -> None:
        self._enable()

    def _on_browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Export to", self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _on_export(self) -> None:
        self.export_requested.emit(self.formats.currentData(), Path(self.folder.text().strip()).expanduser())

    def _lay_out(self) -> None:
        where = QHBoxLayout()
        where.addWidget(self.folder, 1)
        where.addWidget(self.browse)
        form = QFormLayout()
        form.addRow("Format", self.formats)
        form.addRow("Folder", where)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(form)
        layout.addWidget(self.export)
        layout.addWidget(self.job)
        layout.addWidget(self.outcome)
        layout.addStretch(1)
