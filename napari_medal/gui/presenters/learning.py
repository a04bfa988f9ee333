"""How a task learns: the window, the settings, and the search for a learning rate."""

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt, Signal
from qtpy.QtWidgets import QWidget

from napari_medal.core.progress import Progress
from napari_medal.errors import MedalError, SettingsError
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.learning_dialog import LearningDialog
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.engine.learning_rates import LearningRates
    from napari_medal.loop.session import Session


class LearningPresenter(QObject):
    """Opens the window for the task at hand."""

    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self.dialog: LearningDialog | None = None
        self._worker = worker
        self._session: Session | None = None
        self._task = ""
        self.runner.progressed.connect(self._on_progressed)
        self.runner.finished.connect(self._on_found)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def show_task(self, session: "Session", task: str) -> None:
        """Ask about this task from now on."""
        if self.dialog is not None:
            self.dialog.reject()
        self._session, self._task = session, task

    def open(self, parent: QWidget | None = None) -> None:
        """Show the choices in force; nothing happens without a project or while they are shown."""
        session = self._session
        if session is None or self.dialog is not None:
            return
        learning = session.project.task_settings(self._task).learning
        dialog = self.dialog = LearningDialog(learning, session.task(self._task).target, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.find_requested.connect(self._find)
        dialog.cancel_requested.connect(self.runner.cancel)
        dialog.keep_requested.connect(self._keep)
        dialog.finished.connect(self._on_closed)
        dialog.show()

    def _find(self) -> None:
        session, task = self._session, self._task
        if session is None or self.dialog is None or self.runner.is_running:
            return

        def work(progress: Progress) -> "LearningRates":
            from napari_medal.loop.learning_rate import find_task_rate

            return find_task_rate(session, task, session.turns.giving_way(progress))

        self.dialog.show_searching(True)
        self.runner.start("Trying learning rates", work)

    def _keep(self) -> None:
        """Let the worker write what is shown, if it is possible."""
        session, dialog = self._session, self.dialog
        if session is None or dialog is None:
            return
        try:
            learning = dialog.form.learning
        except SettingsError as error:
            dialog.show_problem(str(error))
            return
        call = partial(session.project.settings_file.set_learning, self._task, learning)
        self._worker.run(call, self._on_kept, self.failed.emit)

    def _on_kept(self, nothing: None) -> None:  # noqa: ARG002 - there is nothing to hand over
        if self.dialog is not None:
            self.dialog.accept()
        self.told.emit("The next training learns as you chose.")

    def _on_progressed(self, progress: object) -> None:
        if self.dialog is not None:
            self.dialog.job.show_progress(progress)  # type: ignore[arg-type]  # the signal says (JobProgress)

    def _on_found(self, found: "LearningRates") -> None:
        if self.dialog is not None:
            self.dialog.show_searching(False)
            self.dialog.show_rates(found)

    def _on_failed(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.show_searching(False)
        if self.dialog is not None and isinstance(error, MedalError):
            self.dialog.show_problem(str(error))
        else:
            self.failed.emit(error)

    def _on_cancelled(self) -> None:
        if self.dialog is not None:
            self.dialog.show_searching(False)

    def _on_closed(self) -> None:
        self.runner.cancel()
        self.dialog = None
