"""How far to trust the model: worked out in the background, shown in the tab and in a window."""

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt, Signal
from qtpy.QtWidgets import QWidget

from napari_medal.core.progress import Progress
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.gui.desk import Desk
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.trust import TrustPanel
from napari_medal.gui.trust_dialog import TrustDialog

if TYPE_CHECKING:
    from napari_medal.loop.session import Session
    from napari_medal.loop.trust import Trust


class TrustPresenter(QObject):
    """Works everything out anew whenever the list has changed: after a round, an acceptance, another task.

    Args:
        desk: Knows the project and the task at hand.
        panel: What is seen of it in the tab.
        parent: Qt parent.
    """

    shown = Signal()
    """What is shown is what is known."""
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, panel: TrustPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self.dialog: TrustDialog | None = None
        self._desk = desk
        self._panel = panel
        self._known: Trust | None = None
        self._asked: Session | None = None
        self._is_stale = False
        desk.task_changed.connect(self._on_task_changed)
        desk.list_changed.connect(self._on_list_changed)
        panel.details_requested.connect(self._on_details_requested)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._start_if_stale)

    def open(self, parent: QWidget | None = None) -> None:
        """Show the window; nothing happens before anything is known, or while it is shown."""
        session, known = self._desk.session, self._known
        if session is None or known is None or self.dialog is not None:
            return
        mode = session.project.task_settings(known.task).reading
        dialog = self.dialog = TrustDialog(mode is ReadingMode.SECOND_READ, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open_requested.connect(self._desk.open_case)
        dialog.finished.connect(self._on_closed)
        dialog.show_trust(known)
        dialog.show()

    def _on_task_changed(self, task: str) -> None:  # noqa: ARG002 - the list of it follows
        if self.dialog is not None:
            self.dialog.reject()
        self._known = None
        self._panel.show_sentences(())

    def _on_list_changed(self, items: object) -> None:  # noqa: ARG002 - the catalogue knows more
        self._is_stale = True
        self._start_if_stale()

    def _start_if_stale(self) -> None:
        session, task = self._desk.session, self._desk.task
        if session is None or not self._is_stale or self.runner.is_running:
            return
        self._is_stale, self._asked = False, session

        def work(progress: Progress) -> "Trust":
            from napari_medal.loop.trust import trust

            return trust(session, task, progress)

        self.runner.start("Looking how good the model is", work)

    def _on_finished(self, trust: "Trust") -> None:
        if trust.task == self._desk.task and self._asked is self._desk.session and not self._is_stale:
            self._known = trust
            self._panel.show_sentences(trust.headlines)
            if self.dialog is not None:
                self.dialog.show_trust(trust)
            self.shown.emit()
        self._start_if_stale()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self._start_if_stale()

    def _on_details_requested(self) -> None:
        self.open(self._panel)

    def _on_closed(self) -> None:
        self.dialog = None
