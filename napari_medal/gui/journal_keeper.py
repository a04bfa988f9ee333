"""Writes what is drawn to the disk, at once and in a thread of its own."""

import time
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QTimer, Signal

from napari_medal.errors import ProjectError
from napari_medal.gui.worker import Worker, ignore

if TYPE_CHECKING:
    from napari_medal.loop.journalling import CaseJournal

RETRY_MS = 2000
_RETRY_CLOSING_SECONDS = 0.2
_GIVE_UP_SECONDS = 5.0
"""How long a disk that fails is tried when the program closes."""


class JournalKeeper(QObject):
    """Sees to it that every journal is written; one that cannot be is tried again until it can.

    The thread is not the catalogue's, which may be busy for seconds with another case.
    """

    failed = Signal(object)
    """(Exception): once, until it goes well again."""
    told = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = Worker(name="journal")
        self._journals: tuple[CaseJournal, ...] = ()
        self._is_failing = False
        self._retry = QTimer(self)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._ask)

    def write(self, journal: "CaseJournal") -> None:
        """Write a journal's notes, soon."""
        pending = (kept for kept in self._journals if kept is not journal and kept.is_pending)
        self._journals = (*pending, journal)
        self._ask()

    def write_now(self) -> None:
        """Write all notes before this returns; for any thread but the main one.

        Raises:
            ProjectError: Some cannot be written; they are kept, and all others are written.
        """
        problems = [problem for journal in self._journals if (problem := _written(journal)) is not None]
        if problems:
            raise problems[0]

    def settle(self, case: str) -> None:
        """Write all notes about a case before this returns; for any thread but the main one.

        Raises:
            ProjectError: They cannot be written; they are kept.
        """
        for journal in self._journals:
            if journal.case == case:
                journal.write()

    def close(self, timeout_seconds: float) -> bool:
        """Write what is left, trying again for some seconds; tell whether all of it is on the disk."""
        self._retry.stop()
        end = time.monotonic() + min(timeout_seconds, _GIVE_UP_SECONDS)
        self._worker.run(lambda: self._write_until(end), ignore, ignore)
        return self._worker.close(timeout_seconds) and not any(journal.is_pending for journal in self._journals)

    def _write_until(self, end: float) -> None:
        while True:
            try:
                self.write_now()
            except ProjectError:
                if time.monotonic() + _RETRY_CLOSING_SECONDS > end:
                    raise
                time.sleep(_RETRY_CLOSING_SECONDS)
            else:
                return

    def _ask(self) -> None:
        self._worker.run(self.write_now, self._on_written, self._on_failed)

    def _on_written(self, result: None) -> None:  # noqa: ARG002 - there is none
        self._retry.stop()
        if self._is_failing:
            self._is_failing = False
            self.told.emit("Everything that was drawn is on the disk again.")

    def _on_failed(self, error: Exception) -> None:
        self._retry.start()
        if not self._is_failing:
            self._is_failing = True
            self.failed.emit(error)


def _written(journal: "CaseJournal") -> ProjectError | None:
    """Write a journal; return what went wrong, if it did."""
    try:
        journal.write()
    except ProjectError as problem:
        return problem
    return None
