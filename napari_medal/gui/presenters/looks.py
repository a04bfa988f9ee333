"""Second looks: the window, the search, and what is done with an entry."""

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from napari_medal.core.progress import Progress
from napari_medal.core.second_look import SecondLook
from napari_medal.gui import look_calls
from napari_medal.gui.desk import Desk
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.job_window import JobWindow
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.looks_dialog import LooksDialog
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.second_looks import Search
    from napari_medal.loop.session import Session


class LooksPresenter(QObject):
    """Opens the window for the task at hand; a search goes on when it is closed.

    Args:
        desk: Opens cases.
        layers: Brings a slice into view.
        worker: Does the waiting.
        parent: Qt parent.
    """

    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, layers: CaseLayers, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._window = JobWindow[LooksDialog](self.runner)
        self._desk = desk
        self._layers = layers
        self._worker = worker
        self._wanted: SecondLook | None = None
        self.runner.finished.connect(self._on_found)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_ended)
        desk.project_opened.connect(self._on_project_opened)
        desk.task_changed.connect(self._on_task_changed)
        desk.list_changed.connect(self._refresh)
        desk.case_opened.connect(self._on_case_opened)

    @property
    def dialog(self) -> "LooksDialog | None":
        """The window, while it is open."""
        return self._window.dialog

    def open(self, parent: QWidget | None = None) -> None:
        """Show the list; nothing happens without a project, and a window that is open comes to the front."""
        if self._desk.session is None:
            return
        if self.dialog is None:
            dialog = LooksDialog(parent)
            self._window.take(dialog, dialog.job)
            dialog.search_requested.connect(self._search)
            dialog.open_requested.connect(self._open_case)
            dialog.dismiss_requested.connect(self._dismiss)
            dialog.show_searching(self.runner.is_running)
            self._refresh()
        self._window.bring_up()

    def _search(self) -> None:
        session, task = self._desk.session, self._desk.task
        if session is None or self.runner.is_running:
            return

        def work(progress: Progress) -> "Search":
            from napari_medal.loop.second_looks import FOLDS, search_second_looks

            return search_second_looks(session, task, FOLDS, session.turns.giving_way(progress))

        if self.dialog is not None:
            self.dialog.show_searching(True)
        self.runner.start("Looking for mistakes", work)

    def _open_case(self, look: SecondLook) -> None:
        self._wanted = look
        self._desk.open_case(look.case)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        """Go where the entry points to, once the layers are there."""
        wanted, self._wanted = self._wanted, None
        if wanted is not None and wanted.case == opened.case.name and wanted.axial is not None:
            self._layers.go_to_slice(wanted.axial)

    def _dismiss(self, look: SecondLook) -> None:
        session = self._desk.session
        if session is not None:
            call = partial(look_calls.dismiss, session, self._desk.task, look)
            self._worker.run(call, self._on_listed, self.failed.emit)

    def _refresh(self) -> None:
        """List anew: a label that was accepted or a case that was rejected settles its entries."""
        session = self._desk.session
        if session is not None and self.dialog is not None:
            self._worker.run(partial(look_calls.looks_of, session, self._desk.task), self._on_listed, self.failed.emit)

    def _on_listed(self, listed: tuple[str, list[SecondLook]]) -> None:
        task, looks = listed
        if self.dialog is not None and task == self._desk.task:
            self.dialog.show_looks(looks)

    def _on_found(self, search: "Search") -> None:
        self._on_ended()
        count = len(search.looks)
        self.told.emit(f"{count} second look{'' if count == 1 else 's'} listed. {search.told}")
        self._refresh()

    def _on_failed(self, error: Exception) -> None:
        self._on_ended()
        self.failed.emit(error)

    def _on_ended(self) -> None:
        if self.dialog is not None:
            self.dialog.show_searching(False)

    def _on_project_opened(self, session: "Session") -> None:  # noqa: ARG002 - the search is of the one before
        self.runner.cancel()

    def _on_task_changed(self, task: str) -> None:  # noqa: ARG002 - the window is about the one before
        self._window.close()
