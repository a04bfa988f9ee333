"""Writing the curated dataset."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_medal.core.dataset import ExportReport
from napari_medal.gui.panels.folder_field import FolderField
from napari_medal.gui.panels.job_bar import JobBar

_REMARKS_PX = 150


_PLAIN = "nifti"
"""The format that everything fits into."""


@dataclass(frozen=True)
class Format:
    """A format that is offered: its name, its title, what it is in a sentence, and all that there is to say."""

    name: str
    title: str
    sentence: str
    details: str


@dataclass(frozen=True)
class AskedExport:
    """What is to be written.

    Args:
        format_name: Of the exporter.
        folder: A new or an empty one.
        with_predicted: Whether the live model answers for cases without an accepted label.
        whole_only: Whether cases that are accepted but in part are left out.
        confirmed: Whether a person says that nothing in it tells who somebody is.
        verified_only: Whether labels that no second reader has verified are left out.
    """

    format_name: str
    folder: Path
    with_predicted: bool = False
    whole_only: bool = False
    confirmed: bool = False
    verified_only: bool = False


class ExportPanel(QWidget):
    """Asks for an export in a format to a folder."""

    export_requested = Signal(object)
    """(AskedExport)"""
    cancel_requested = Signal()
    folder_requested = Signal(object)
    """(folder: Path): show it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.formats = QComboBox()
        self.formats.setToolTip("How the dataset is written")
        self.about = QLabel()
        self.answers = QComboBox()
        self.answers.addItems(["Accepted only", "Also what the model predicts, marked"])
        self.answers.setToolTip(
            "Whose labels are written: those that readers accepted; or, for cases without one, the live model's too, "
            "which are told apart in every table and, where the format has a place for it, in the files' names"
        )
        self.whole = QCheckBox("Leave out cases that are accepted in part")
        self.whole.setToolTip("Else the dataset says which of their slices are confirmed, where the format can")
        self.verified = QCheckBox("Only verified labels")
        self.verified.setToolTip("Leave out labels that no second reader has verified")
        self.folder = FolderField(
            "Export to", "A new or an empty folder", "Where the dataset goes; nothing that is there is overwritten"
        )
        self.export = QPushButton("Export")
        self.export.setToolTip("Write the dataset: all of it, or nothing")
        self.export.setMinimumHeight(32)
        self.job = JobBar(can_pause=False)
        self.outcome = QLabel()
        self.show_folder = QPushButton("Open the folder")
        self.show_folder.setToolTip("Show what was written")
        self.remarks = QPlainTextEdit()
        self.remarks.setToolTip(
            "What looks like a person's name, number, date or address, and where; or what was left out, and why"
        )
        self.confirm = QPushButton("I have checked: export anyway")
        self.confirm.setToolTip(
            "Write the dataset as it is; you have looked at each place, and nobody can be recognised"
        )
        self._formats: tuple[Format, ...] = ()
        self._asked: AskedExport | None = None
        self._written: Path | None = None
        self._is_open = False
        self._lay_out()
        self._connect()
        self._show_remarks(())
        self._enable()

    def show_project(self, formats: Sequence[Format], folder: Path, has_second_reader: bool = False) -> None:
        """Offer formats, the plain one first, and suggest a folder; verified labels alone where there may be any."""
        self._is_open = True
        self.show_second_reader(has_second_reader)
        self._formats = tuple(formats)
        self.formats.clear()
        for each in formats:
            self.formats.addItem(each.title, each.name)
            self.formats.setItemData(self.formats.count() - 1, each.details, Qt.ItemDataRole.ToolTipRole)
        self.formats.setCurrentIndex(max(0, self.formats.findData(_PLAIN)))
        self.folder.show_folder(folder)
        self._forget()

    def show_second_reader(self, has_second_reader: bool) -> None:
        """Offer verified labels alone, or not."""
        self.verified.setChecked(self.verified.isChecked() and has_second_reader)
        self.verified.setVisible(has_second_reader)

    def show_started(self, title: str) -> None:
        """Show that an export has begun."""
        self._forget()
        self.job.show_started(title)
        self._enable()

    def show_report(self, report: ExportReport) -> None:
        """Show what was written where."""
        self._written = report.folder
        self._show_remarks(report.left_out)
        cases = "1 case" if report.cases == 1 else f"{report.cases} cases"
        left = f"; {len(report.left_out)} left out:" if report.left_out else ""
        self._end(f"Wrote {cases} in {report.files} files to {report.folder}{left}")

    def show_ended(self, outcome: str) -> None:
        """Show that no export runs any more, and why nothing was written."""
        self._end(outcome)

    def show_doubts(self, places: Sequence[str]) -> None:
        """Show where the dataset may tell who somebody is, and that nothing was written."""
        self._show_remarks(places, may_be_confirmed=True)
        self._end("Nothing was written: the dataset may tell who somebody is. Look at each of these places:")

    def asked_for(self) -> AskedExport | None:
        """Return what is asked for; None while something is missing."""
        folder = self.folder.folder
        if folder is None or not self._is_open or self.formats.count() == 0:
            return None
        return AskedExport(
            self.formats.currentData(),
            folder,
            with_predicted=self.answers.currentIndex() == 1,
            whole_only=self.whole.isChecked(),
            verified_only=self.verified.isChecked(),
        )

    def _end(self, outcome: str) -> None:
        self.job.show_ended()
        self.outcome.setText(outcome)
        self._enable()

    def _forget(self) -> None:
        """Take back what was said of the last export: something else is asked for by now."""
        self._written = None
        self.outcome.clear()
        self._show_remarks(())
        self._enable()

    def _show_remarks(self, remarks: Sequence[str], may_be_confirmed: bool = False) -> None:
        self.remarks.setPlainText("\n".join(remarks))
        self.remarks.setVisible(bool(remarks))
        self.confirm.setVisible(may_be_confirmed)

    def _enable(self) -> None:
        self.export.setEnabled(self.job.isHidden() and self.asked_for() is not None)
        self.show_folder.setVisible(self._written is not None)

    def _on_format_changed(self, place: int) -> None:
        chosen = self._formats[place] if 0 <= place < len(self._formats) else None
        self.about.setText("" if chosen is None else chosen.sentence)
        self.about.setToolTip("" if chosen is None else chosen.details)
        self._forget()

    def _on_export(self) -> None:
        self._asked = self.asked_for()
        if self._asked is not None:
            self.export_requested.emit(self._asked)

    def _on_confirmed(self) -> None:
        if self._asked is not None:
            self.export_requested.emit(replace(self._asked, confirmed=True))

    def _on_folder_requested(self) -> None:
        self.folder_requested.emit(self._written)

    def _connect(self) -> None:
        self.export.clicked.connect(self._on_export)
        self.confirm.clicked.connect(self._on_confirmed)
        self.show_folder.clicked.connect(self._on_folder_requested)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.formats.currentIndexChanged.connect(self._on_format_changed)
        for source in (
            self.folder.changed,
            self.answers.currentIndexChanged,
            self.whole.toggled,
            self.verified.toggled,
        ):
            source.connect(self._forget)

    def _lay_out(self) -> None:
        for label in (self.about, self.outcome):
            label.setWordWrap(True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remarks.setReadOnly(True)
        self.remarks.setTabChangesFocus(True)
        self.remarks.setMaximumHeight(_REMARKS_PX)
        form = QFormLayout()
        form.addRow("Format", self.formats)
        form.addRow("", self.about)
        form.addRow("Labels", self.answers)
        form.addRow("", self.whole)
        form.addRow("", self.verified)
        form.addRow("Folder", self.folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(form)
        for widget in (self.export, self.job, self.outcome, self.show_folder, self.remarks, self.confirm):
            layout.addWidget(widget)
        layout.addStretch(1)
