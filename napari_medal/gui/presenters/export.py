"""The export panel and the exports."""

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_medal.core.dataset import ExportReport
from napari_medal.core.progress import Progress
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.export import ExportPanel
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.session import Session


class ExportPresenter(QObject):
    """Offers the installed formats and runs the exports."""

    failed = Signal(object)
    """(Exception)"""

    def __init__(self, panel: ExportPanel, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._panel = panel
        self._worker = worker
        self._session: Session | None = None
        panel.export_requested.connect(self._on_export_requested)
        panel.cancel_requested.connect(self._on_cancel_requested)
        self.runner.started.connect(panel.show_started)
        self.runner.progressed.connect(panel.job.show_progress)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def show_project(self, session: "Session") -> None:
        """Offer what can be done with a project."""
        self._session = session

        def call() -> dict[str, str]:
            return {name: exporter.title for name, exporter in session.extensions.exporters.working().items()}

        self._worker.run(call, self._on_formats, self.failed.emit)

    def _on_formats(self, formats: dict[str, str]) -> None:
        if self._session is not None:
            folder = self._session.project.folder
            self._panel.show_project(formats, folder.with_name(f"{folder.name}-export"))

    def _on_export_requested(self, format_name: str, folder: Path) -> None:
        session = self._session
        if session is None:
            return

        def work(progress: Progress) -> ExportReport:
            from napari_medal.loop.exporting import export

            return export(session, folder, format_name, progress)

        self.runner.start("Exporting", work)

    def _on_cancel_requested(self) -> None:
        self._panel.job.show_cancelling()
        self.runner.cancel()

    def _on_finished(self, report: ExportReport) -> None:
        self._panel.show_report(report)

    def _on_failed(self, error: Exception) -> None:
        self._panel.show_ended(str(error))
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._panel.show_ended("Cancelled; nothing was written.")
