"""Retraining: when, how far, how well."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from napari_medal.core.progress import CurvePoint
from napari_medal.gui.panels.curves import Curves
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.model_export_button import ModelExportButton
from napari_medal.gui.panels.serve_button import ServeButton
from napari_medal.gui.panels.trust import TrustPanel
from napari_medal.gui.panels.versions import VersionsTable

if TYPE_CHECKING:
    from napari_medal.catalogue.models import ModelVersion


class TrainingPanel(QWidget):
    """Asks for a training, shows its curves, and lists the model versions."""

    retrain_requested = Signal()
    learning_requested = Signal()
    pause_requested = Signal()
    cancel_requested = Signal()
    retrain_after_changed = Signal(int)
    serve_requested = Signal(int)
    """(version number)"""
    export_requested = Signal(int)
    """(version number)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.retrain = QPushButton("Retrain now")
        self.retrain.setToolTip("Train on every accepted label while you go on reading (T)")
        self.retrain.setMinimumHeight(32)
        self.learning = QPushButton("How it learns …")
        self.learning.setToolTip("Loss, learning rate, ensemble, rare classes; with sensible defaults")
        self.after = QSpinBox()
        self.after.setRange(0, 999)
        self.after.setSpecialValueText("never")
        self.after.setToolTip("Retrain without being asked after this many accepted cases; 0 means never")
        self.count = QLabel()
        self.count.setToolTip("Cases accepted since the last training began")
        self.job = JobBar(can_pause=True)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setToolTip("What came of the last training, and why")
        self.curves = Curves()
        self.versions = VersionsTable()
        self.serve = ServeButton()
        self.export = ModelExportButton()
        self.trust = TrustPanel()
        self._is_open = False
        self._lay_out()
        self.retrain.clicked.connect(self.retrain_requested)
        self.learning.clicked.connect(self.learning_requested)
        self.learning.setEnabled(False)
        self.job.pause_requested.connect(self.pause_requested)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.after.valueChanged.connect(self.retrain_after_changed)
        self.versions.version_chosen.connect(self.serve.show_version)
        self.versions.version_chosen.connect(self.export.show_version)
        self.serve.serve_requested.connect(self.serve_requested)
        self.export.export_requested.connect(self.export_requested)
        self.retrain.setEnabled(False)

    def show_project(self, retrain_after: int) -> None:
        """Show a project that has just been opened, with what its settings say."""
        self._is_open = True
        self.after.setValue(retrain_after)
        self.curves.clear()
        self.curves.hide()
        self.outcome.clear()
        self.retrain.setEnabled(self.job.isHidden())
        self.learning.setEnabled(True)

    def show_accepted(self, cases: int) -> None:
        """Show how many cases were accepted since the last training."""
        self.count.setText(f"{cases} accepted since the last training")

    def show_started(self, title: str) -> None:
        """Show that a training has begun."""
        self.curves.clear()
        self.curves.hide()
        self.outcome.clear()
        self.job.show_started(title)
        self.retrain.setEnabled(False)
        self.serve.allow(False)

    def show_point(self, point: CurvePoint) -> None:
        """Draw a point of a curve; other work than a training has none."""
        self.curves.show()
        self.curves.add(point)

    def show_ended(self, outcome: str) -> None:
        """Show that no training runs any more, and what came of the last one."""
        self.job.show_ended()
        self.outcome.setText(outcome)
        self.retrain.setEnabled(self._is_open)
        self.serve.allow(True)

    def show_versions(self, versions: "Sequence[ModelVersion]") -> None:
        """List the model versions, given oldest first; the newest says how it came to be what it is."""
        self.versions.show_versions(versions)
        if versions and not self.outcome.text() and self.job.isHidden():
            newest = versions[-1]
            self.outcome.setText(f"Model v{newest.number}: {newest.reason}")

    def _lay_out(self) -> None:
        automatic = QHBoxLayout()
        automatic.addWidget(QLabel("Retrain by itself after"))
        automatic.addWidget(self.after)
        automatic.addWidget(QLabel("cases"))
        automatic.addStretch(1)
        automatic.addWidget(self.learning)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.retrain)
        layout.addLayout(automatic)
        layout.addWidget(self.count)
        layout.addWidget(self.job)
        layout.addWidget(self.outcome)
        layout.addWidget(self.curves, 3)
        layout.addWidget(self.versions, 2)
        with_version = QHBoxLayout()
        with_version.addWidget(self.serve)
        with_version.addWidget(self.export)
        layout.addLayout(with_version)
        layout.addWidget(self.trust)
