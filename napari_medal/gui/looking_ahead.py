"""The next case's images, read while the one at hand is."""

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject

from napari_medal.gui import calls
from napari_medal.gui.desk import Desk
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase


class LookingAhead(QObject):
    """Has the images of the best ranked other case read whenever a case is opened."""

    def __init__(self, desk: Desk, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._worker = worker
        desk.case_opened.connect(self._on_case_opened)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        waiting = [item.case.name for item in self._desk.items if item.rank is not None]
        others = [name for name in waiting if name != opened.case.name]
        if self._desk.session is not None and others:
            self._worker.run(partial(calls.read_ahead, self._desk.session, others[0]), _ignore, _ignore)


def _ignore(result: object) -> None:
    """Need no result; what cannot be read is told when the case is opened."""
