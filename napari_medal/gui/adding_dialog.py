"""Bringing images into an open project, in a window of its own."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_medal.gui.arrivals import Arrival
from napari_medal.gui.panels.arrivals_table import ArrivalsTable
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.source_form import SourceForm

_SIZE = (1000, 660)


class AddingDialog(QDialog):
    """Asks where images come from, and shows what came of them."""

    look_requested = Signal()
    """Look what the folder holds."""
    add_requested = Signal(object)
    """(AskedSource)"""
    watch_requested = Signal(object)
    """(AskedSource | None)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add images")
        self.resize(*_SIZE)
        self.form = SourceForm()
        self.watch = QCheckBox("Keep watching this folder")
        self.watch.setToolTip(
            "Add what else comes into the folder, as soon as it is written, for as long as the project is open; and "
            "again when it is opened again"
        )
        self.add = QPushButton("Add images")
        self.add.setToolTip("Copy the images into the project and check each of them (Enter)")
        self.add.setDefault(True)
        self.add.setMinimumSize(160, 32)
        self.job = JobBar(can_pause=False)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setToolTip("What came of it")
        self.arrivals = ArrivalsTable()
        self.repair = QPushButton("Repair and try again")
        self.repair.setToolTip(
            "Add the selected cases that can be repaired, or all of them, with the repairs that their lines speak of"
        )
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy the selected lines, or all that are shown (Ctrl+C)")
        self.leave = QPushButton("Close")
        self.leave.setToolTip("Close the window; what is under way goes on (Esc)")
        for button in (self.repair, self.copy, self.leave, self.job.cancel):
            button.setAutoDefault(False)
        self._is_running = False
        self._watched: Path | None = None
        self._lay_out()
        self._connect()
        self._enable()

    def show_found(self, text: str) -> None:
        """Say what the folder holds."""
        self.form.found.setText(text)

    def show_started(self, title: str) -> None:
        """Show that images are being added."""
        self._is_running = True
        self.outcome.clear()
        self.job.show_started(title)
        self._enable()

    def show_ended(self, outcome: str, arrivals: Sequence[Arrival] | None = None) -> None:
        """Show that nothing is being added any more, and what came of it; without lines the last ones stay."""
        self._is_running = False
        self.job.show_ended()
        self.outcome.setText(outcome)
        if arrivals is not None:
            self.arrivals.show_arrivals(arrivals)
        self._enable()

    def show_watched(self, folder: Path | None) -> None:
        """Show which folder is watched."""
        self._watched = folder
        self._enable()

    def _enable(self) -> None:
        asked, repairable = self.form.asked_for(), self.arrivals.repairable
        self.add.setEnabled(asked is not None and not self._is_running)
        self.watch.setEnabled(asked is not None)
        self.watch.blockSignals(True)
        self.watch.setChecked(asked is not None and asked.images == self._watched)
        self.watch.blockSignals(False)
        self.repair.setText(f"Repair {len(repairable)} and try again" if repairable else "Repair and try again")
        self.repair.setEnabled(bool(repairable) and asked is not None and not self._is_running)
        self.copy.setEnabled(bool(self.arrivals.arrivals))

    def _on_add(self) -> None:
        asked = self.form.asked_for()
        if asked is not None:
            self.add_requested.emit(asked)

    def _on_repair(self) -> None:
        asked = self.form.asked_for()
        if asked is not None:
            self.add_requested.emit(replace(asked, repair=True, cases=self.arrivals.repairable))

    def _on_watch(self, is_wanted: bool) -> None:
        asked = self.form.asked_for()
        self.watch_requested.emit(replace(asked, files=()) if asked is not None and is_wanted else None)

    def _connect(self) -> None:
        self.form.folder_changed.connect(self.look_requested)
        self.form.changed.connect(self._enable)
        self.arrivals.selection_changed.connect(self._enable)
        self.add.clicked.connect(self._on_add)
        self.repair.clicked.connect(self._on_repair)
        self.copy.clicked.connect(self.arrivals.copy)
        self.leave.clicked.connect(self.reject)
        self.watch.toggled.connect(self._on_watch)

    def _lay_out(self) -> None:
        asking = QHBoxLayout()
        asking.addWidget(self.watch, 1)
        asking.addWidget(self.add)
        buttons = QHBoxLayout()
        buttons.addWidget(self.repair)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.addWidget(self.form)
        layout.addLayout(asking)
        layout.addWidget(self.job)
        layout.addWidget(self.outcome)
        layout.addWidget(self.arrivals, 1)
        layout.addLayout(buttons)
