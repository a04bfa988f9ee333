"""The export panel and the exports."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QUrl, Signal
from qtpy.QtGui import QDesktopServices

from napari_medal.core.dataset import Exporter, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.verification import Verification
from napari_medal.errors import PersonalDataError
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.export import AskedExport, ExportPanel, Format
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
        panel.folder_requested.connect(show_folder)
        self.runner.started.connect(panel.show_started)
        self.runner.progressed.connect(panel.job.show_progress)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def show_project(self, session: "Session") -> None:
        """Offer what can be done with a project."""
        self._session = session

        def call() -> list[Format]:
            return [format_of(exporter) for exporter in session.extensions.exporters.working().values()]

        self._worker.run(call, self._on_formats, self.failed.emit)

    def show_choices(self) -> None:
        """Offer verified labels alone where there is a second reader by now."""
        if self._session is not None:
            self._panel.show_second_reader(_has_second_reader(self._session))

    def _on_formats(self, formats: list[Format]) -> None:
        if self._session is not None:
            folder = self._session.project.folder
            suggested = folder.with_name(f"{folder.name}-export")
            self._panel.show_project(formats, suggested, _has_second_reader(self._session))

    def _on_export_requested(self, asked: AskedExport) -> None:
        session = self._session
        if session is None:
            return

        def work(progress: Progress) -> ExportReport:
            from napari_medal.loop.curating import Selection
            from napari_medal.loop.exporting import export

            return export(
                session,
                asked.folder,
                asked.format_name,
                progress,
                whole_only=asked.whole_only,
                with_predicted=asked.with_predicted,
                confirmed=asked.confirmed,
                selection=Selection(verified_only=asked.verified_only),
            )

        self.runner.start("Exporting", work)

    def _on_cancel_requested(self) -> None:
        self._panel.job.show_cancelling()
        self.runner.cancel()

    def _on_finished(self, report: ExportReport) -> None:
        self._panel.show_report(report)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, PersonalDataError):
            self._panel.show_doubts(error.places or (str(error),))
            return
        self._panel.show_ended(str(error))
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._panel.show_ended("Cancelled; nothing was written.")


def _has_second_reader(session: "Session") -> bool:
    return any(task.verification is not Verification.NONE for task in session.project.settings.tasks.values())


def format_of(exporter: Exporter) -> Format:
    """Describe an exporter by what its author says of it: the first sentence, and all of it."""
    described = type(exporter).__doc__ is not None and not str(type(exporter).__doc__).startswith(
        f"{type(exporter).__name__}("  # what a dataclass says where its author says nothing
    )
    text = inspect.getdoc(type(exporter)) if described else None
    paragraphs = (text or exporter.title).replace("`", "").split("\n\n")
    sentences = [paragraph.replace("\n", " ") for paragraph in paragraphs]
    return Format(exporter.name, exporter.title, sentences[0], "\n\n".join(sentences))


def show_folder(folder: Path) -> None:
    """Show a folder in the desktop's own program for that."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
