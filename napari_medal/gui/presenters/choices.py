"""What a task asks for: the window, and what follows from a change."""

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt, Signal

from napari_medal.core.offered_choices import OfferedChoices
from napari_medal.core.task_choices import TaskChoices
from napari_medal.errors import MedalError
from napari_medal.gui import choice_calls
from napari_medal.gui.choices_dialog import ChoicesDialog
from napari_medal.gui.desk import Desk
from napari_medal.gui.panels.work_list import WorkListPanel
from napari_medal.gui.rounds import Rounds
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.session import Session


class ChoicesPresenter(QObject):
    """Opens the window for the task at hand, and has the list ranked by what is kept.

    Args:
        desk: Knows the task, and lists anew.
        panel: The tab "Cases", where the window is asked for.
        rounds: Has the model asked anew where another measure counts.
        worker: Does the waiting.
        parent: Qt parent.
    """

    chosen = Signal()
    """Something else is asked for."""
    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(
        self, desk: Desk, panel: WorkListPanel, rounds: Rounds, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._panel = panel
        self._rounds = rounds
        self._worker = worker
        self._offered: OfferedChoices | None = None
        self.dialog: ChoicesDialog | None = None
        panel.order_requested.connect(self.open)
        desk.task_changed.connect(self._on_task_changed)

    def open(self) -> None:
        """Show what the task asks for; without a project nothing happens, and an open window comes to the front."""
        session = self._desk.session
        if session is None:
            return
        if self.dialog is not None:
            self.dialog.raise_()
            return
        call = partial(choice_calls.offered, session, self._desk.task)
        self._worker.run(call, partial(self._on_offered, session), self.failed.emit)

    def _on_offered(self, session: "Session", offered: OfferedChoices) -> None:
        if not self._is_at_hand(session, offered) or self.dialog is not None:
            return
        self._offered = offered
        dialog = self.dialog = ChoicesDialog(offered, self._panel)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.keep_requested.connect(self._keep)
        dialog.finished.connect(self._on_closed)
        dialog.show()

    def _keep(self) -> None:
        session, dialog, offered = self._desk.session, self.dialog, self._offered
        if session is None or dialog is None or offered is None:
            return
        chosen = dialog.form.choices
        if chosen == offered.now:
            dialog.accept()
            return
        dialog.show_keeping()
        call = partial(choice_calls.choose, session, offered.task, offered.now, chosen)
        self._worker.run(call, partial(self._on_kept, session, offered), self._on_refused)

    def _on_kept(self, session: "Session", before: OfferedChoices, chosen: TaskChoices) -> None:
        """Rank anew, and open the case at hand as a second reader, or the first, may see it."""
        if not self._is_at_hand(session, before):
            return
        if self.dialog is not None:
            self.dialog.accept()
        reading = self._desk.reading
        if chosen.verification is not before.now.verification and reading is not None:
            self._desk.read_again(reading.opened.case.name)
        else:
            self._desk.refresh()
        self.told.emit("The list is ranked as you chose.")
        self.chosen.emit()
        if before.rescores(chosen):
            self._rounds.score_anew()

    def _on_refused(self, error: Exception) -> None:
        if self.dialog is not None and isinstance(error, MedalError):
            self.dialog.show_problem(str(error))
        else:
            self.failed.emit(error)

    def _is_at_hand(self, session: "Session", offered: OfferedChoices) -> bool:
        return session is self._desk.session and offered.task == self._desk.task

    def _on_closed(self) -> None:
        self.dialog = None

    def _on_task_changed(self) -> None:
        """Close the window: it is about the task before."""
        if self.dialog is not None:
            self.dialog.reject()
