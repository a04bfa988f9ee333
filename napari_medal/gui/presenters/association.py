"""Comparing what is read off masks with a table of subjects."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QFileDialog, QWidget

from napari_medal.gui.association_dialog import AssociationDialog
from napari_medal.gui.desk import Desk
from napari_medal.gui.feature_calls import associate_with, write_found
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.job_window import JobWindow

if TYPE_CHECKING:
    from napari_medal.gui.shown_association import ShownAssociation
    from napari_medal.loop.association import Association


class AssociationPresenter(QObject):
    """Asks for a table and tests the figures of all masks against its columns, in the background.

    Args:
        desk: Knows the project and the task.
        parent: Of the windows.
    """

    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__()
        self.runner = JobRunner()
        self._window = JobWindow[AssociationDialog](self.runner)
        self._desk = desk
        self._parent = parent
        self._found: Association | None = None
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)
        desk.task_changed.connect(self._on_task_changed)

    @property
    def dialog(self) -> AssociationDialog | None:
        """The window, while it is open."""
        return self._window.dialog

    def choose(self) -> None:
        """Ask for a table."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._parent, "A table with a row for each subject", "", "Tables (*.csv *.tsv *.txt);;All files (*)"
        )
        if chosen:
            self.compare(Path(chosen))

    def compare(self, table: Path) -> None:
        """Test against a table in a window; nothing happens while a test runs."""
        session = self._desk.session
        if session is None or self.runner.is_running:
            return
        self._window.close()
        self._found = None
        suggested = session.project.folder / f"association-{table.stem}"
        dialog = AssociationDialog(table, suggested, self._parent)
        self._window.take(dialog, dialog.job)
        dialog.save_requested.connect(self._on_save_requested)
        dialog.finished.connect(self._on_closed)
        dialog.show()
        dialog.show_started("Testing figures")
        self.runner.start("Testing figures", partial(associate_with, session, self._desk.task, table))

    def _on_save_requested(self, folder: Path) -> None:
        if self._found is not None and self.dialog is not None and not self.runner.is_running:
            self.dialog.show_started("Writing")
            self.runner.start("Writing", partial(write_found, self._found, folder))

    def _on_finished(self, outcome: "Path | tuple[Association, ShownAssociation]") -> None:
        if self.dialog is None:
            return
        if isinstance(outcome, Path):
            self.dialog.show_ended(f"Written to {outcome}")
            return
        self._found, shown = outcome
        self.dialog.show_ended()
        self.dialog.show_association(shown)

    def _on_failed(self, error: Exception) -> None:
        if self.dialog is None:
            self.failed.emit(error)
        else:
            self.dialog.show_ended(str(error))

    def _on_cancelled(self) -> None:
        if self.dialog is not None:
            self.dialog.show_ended("Cancelled; what was measured is kept.")

    def _on_task_changed(self, task: str) -> None:  # noqa: ARG002 - its figures are others
        self._window.close()

    def _on_closed(self) -> None:
        """Nobody waits for it any more."""
        self._found = None
        self.runner.cancel()
