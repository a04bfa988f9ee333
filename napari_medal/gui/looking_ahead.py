"""The next case's images, read while the one at hand is."""

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject

from napari_medal.gui import calls
from napari_medal.gui.desk import Desk
from napari_medal.gui.worker import Worker, ignore

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase


class LookingAhead(QObject):
    """Has the images of the next case read whenever a case is opened."""

    def __init__(self, desk: Desk, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._worker = worker
        desk.case_opened.connect(self._on_case_opened)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        wanted = self._desk.next_case
        if self._desk.session is not None and wanted is not None and wanted != opened.case.name:
            self._worker.run(partial(calls.read_ahead, self._desk.session, wanted), ignore, ignore)
