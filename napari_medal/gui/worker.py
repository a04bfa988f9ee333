"""Short calls to disk and catalogue, one after the other, in one background thread."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from qtpy.QtCore import QObject, Qt, Signal

R = TypeVar("R")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Call:
    """What to do in the background, and who hears of its end in the main thread."""

    work: Callable[[], Any]  # its result goes to `done` unseen
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


def ignore(outcome: object) -> None:
    """Need no result of a call, or no word of its failure."""


class Worker(QObject):
    """One background thread that answers in the thread of this object.

    Calls run in the order in which they were given. After `close`, calls that were given still run, but nobody hears
    of them.

    Args:
        parent: Qt parent.
        name: Of the thread.
    """

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, *, name: str = "catalogue") -> None:
        super().__init__(parent)
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._closed = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name=f"medal: {name}", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], R], done: Callable[[R], None], failed: Callable[[Exception], None]) -> None:
        """Do `work` in the background, then call `done` or `failed` here."""
        self._calls.put(_Call(work, done, failed))

    def close(self, timeout_seconds: float) -> bool:
        """Let the calls that were given end, and tell whether they did in time."""
        if not self._closed:
            self._closed = True
            self._calls.put(None)
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            try:
                result = call.work()
            except Exception as error:  # noqa: BLE001 - the main thread shows it, whatever it is
                self._report(call.failed, error)
            else:
                self._report(call.done, result)

    def _report(self, receiver: Callable[[Any], None], outcome: object) -> None:
        if self._closed:
            if isinstance(outcome, Exception):
                _log.error("A call failed while closing.", exc_info=outcome)
            return
        self._ended.emit((receiver, outcome))

    def _on_ended(self, report: tuple[Callable[[Any], None], object]) -> None:
        if self._closed:
            return
        receiver, outcome = report
        receiver(outcome)
