"""The second reader's way through the list, and how the two readers agree."""

from functools import partial

from qtpy.QtCore import QObject, Signal

from napari_medal.gui import review_calls
from napari_medal.gui.desk import Desk
from napari_medal.gui.panels.review import ReviewPanel
from napari_medal.gui.reading_order import next_in_order, reading_order
from napari_medal.gui.worker import Worker


class VerifyingPresenter(QObject):
    """Opens what a second reader is to verify, and shows what came of it.

    Args:
        desk: Knows the list and the case at hand.
        panel: The tab "Review", where the figures stand.
        worker: Does the waiting.
        parent: Qt parent.
    """

    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, panel: ReviewPanel, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._panel = panel
        self._worker = worker
        desk.list_changed.connect(self._on_list_changed)

    def open_next(self) -> None:
        """Open the next case whose label the reader may verify."""
        reading, items = self._desk.reading, self._desk.items
        at_hand = None if reading is None else reading.opened.case.name
        wanted = next_in_order(items, at_hand, verifying=True)
        if wanted is not None and wanted in reading_order(items, verifying=True):
            self._desk.open_case(wanted)
        elif self._desk.session is not None:
            self.told.emit("No label of another reader awaits you as its second reader.")

    def release(self) -> None:
        """Show nothing any more."""
        self._desk.list_changed.disconnect(self._on_list_changed)

    def _on_list_changed(self) -> None:
        session, task = self._desk.session, self._desk.task
        if session is not None:
            call = partial(review_calls.agreement_in_words, session, task)
            self._worker.run(call, self._on_agreement, self.failed.emit)

    def _on_agreement(self, answer: tuple[str, str]) -> None:
        task, text = answer
        if task == self._desk.task:
            self._panel.show_agreement(text)
