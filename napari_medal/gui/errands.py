"""What the worker is asked for while somebody waits."""

from collections.abc import Callable
from typing import TypeVar

from qtpy.QtCore import QObject, Signal

from napari_medal.gui.worker import Worker

R = TypeVar("R")


class Errands(QObject):
    """Asks the worker, and knows whether an answer is awaited.

    Args:
        worker: Does the waiting.
        failed: Hears of errors that nobody else wants.
        parent: Qt parent.
    """

    busy_changed = Signal(bool)

    def __init__(self, worker: Worker, failed: Callable[[Exception], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._failed = failed
        self._waiting = 0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._waiting > 0

    def ask(
        self,
        call: Callable[[], R],
        done: Callable[[R], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Let the worker call; busy meanwhile, and whatever comes of it not busy afterwards."""
        self._waiting += 1
        if self._waiting == 1:
            self.busy_changed.emit(True)

        def on_done(result: R) -> None:
            self._rest()
            done(result)

        def on_failed(error: Exception) -> None:
            self._rest()
            (failed or self._failed)(error)

        self._worker.run(call, on_done, on_failed)

    def _rest(self) -> None:
        self._waiting -= 1
        if self._waiting == 0:
            self.busy_changed.emit(False)
