"""The window that exports a model version."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from napari_medal.core.progress import Progress
from napari_medal.gui.desk import Desk
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.job_window import JobWindow
from napari_medal.gui.model_export_dialog import ModelExportDialog
from napari_medal.gui.presenters.export import show_folder
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.model_export import ModelExportReport


class ModelExportPresenter(QObject):
    """Writes a version of the task at hand; an export goes on when its window is closed.

    Args:
        desk: Has the project.
        worker: Does the waiting.
        parent: Qt parent.
    """

    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._window = JobWindow[ModelExportDialog](self.runner)
        self._desk = desk
        self._worker = worker
        self._number = 0
        self.runner.started.connect(self._on_started)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)
        desk.project_opened.connect(self._on_project_opened)
        desk.task_changed.connect(self._on_task_changed)

    @property
    def dialog(self) -> "ModelExportDialog | None":
        """The window, while it is open."""
        return self._window.dialog

    def open(self, number: int, parent: QWidget | None = None) -> None:
        """Show the window for a version, in place of one that is open."""
        session = self._desk.session
        if session is None or self.runner.is_running:
            return
        self._window.close()
        self._number = number
        project = session.project.folder
        dialog = ModelExportDialog(number, project.with_name(f"{project.name}-model-v{number}"), parent)
        self._window.take(dialog, dialog.job)
        dialog.export_requested.connect(self._on_export_requested)
        dialog.folder_requested.connect(show_folder)
        self._worker.run(_formats, self._on_formats, self.failed.emit)
        self._window.bring_up()

    def _on_formats(self, formats: Mapping[str, str]) -> None:
        if self.dialog is not None:
            self.dialog.show_formats(formats)

    def _on_export_requested(self, format_name: str, folder: Path) -> None:
        session, task, number = self._desk.session, self._desk.task, self._number
        if session is None:
            return

        def work(progress: Progress) -> "ModelExportReport":
            from napari_medal.loop.model_export import export_model

            return export_model(session, task, number, format_name, folder, session.turns.giving_way(progress))

        self.runner.start(f"Writing model v{number}", work)

    def _on_started(self, title: str) -> None:
        if self.dialog is not None:
            self.dialog.show_started(title)

    def _on_finished(self, report: "ModelExportReport") -> None:
        text = f"Wrote model v{report.model} in {report.files} files to {report.folder}"
        if self.dialog is not None:
            self.dialog.show_ended(text, report.folder)
        else:
            self.told.emit(text)

    def _on_failed(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.show_ended(str(error))
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        if self.dialog is not None:
            self.dialog.show_ended("Cancelled; nothing was written.")

    def _on_project_opened(self, session: object) -> None:  # noqa: ARG002 - the export is of the one before
        self.runner.cancel()

    def _on_task_changed(self, task: str) -> None:  # noqa: ARG002 - the window is about the one before
        self._window.close()


def _formats() -> Mapping[str, str]:
    from napari_medal.loop.model_export import MODEL_FORMATS

    return MODEL_FORMATS
