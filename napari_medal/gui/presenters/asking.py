"""Asking the model about the case at hand."""

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_medal.core.progress import Progress
from napari_medal.gui.desk import Desk
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.reading import ReadingPanel

if TYPE_CHECKING:
    from napari_medal.loop.prediction import PredictReport


class AskingPresenter(QObject):
    """Lets the live model predict the case at hand, before any training, and shows what it says.

    What the reader has drawn stays; an untouched case starts from the new prediction.
    """

    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, panel: ReadingPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._desk = desk
        self._panel = panel
        self._case = ""
        panel.prediction_requested.connect(self.ask)
        panel.cancel_requested.connect(self._on_cancel_requested)
        self.runner.progressed.connect(panel.job.show_progress)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def ask(self) -> None:
        """Ask; nothing happens while an answer is awaited, or where the model must not be seen yet."""
        session, reading, task = self._desk.session, self._desk.reading, self._desk.task
        if session is None or reading is None or reading.opened.why_hidden or self.runner.is_running:
            return
        case = self._case = reading.opened.case.name

        def work(progress: Progress) -> "PredictReport":
            from napari_medal.loop.predict_now import predict_now

            return predict_now(session, task, case, progress)

        self._panel.show_asking(True)
        self.runner.start("Asking the model", work)

    def _on_cancel_requested(self) -> None:
        self._panel.job.show_cancelling()
        self.runner.cancel()

    def _on_finished(self, report: "PredictReport") -> None:
        self._panel.show_asking(False)
        for left in report.unreadable:
            self.failed.emit(ValueError(left.reason))
        reading = self._desk.reading
        if reading is not None and reading.opened.case.name == self._case:
            self._desk.read_again(self._case)

    def _on_failed(self, error: Exception) -> None:
        self._panel.show_asking(False)
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._panel.show_asking(False)
