"""Looks at a folder from time to time while a project is open."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QTimer, Signal

from napari_medal.core.progress import Progress
from napari_medal.gui import add_calls
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.source_form import AskedSource

if TYPE_CHECKING:
    from napari_medal.loop.adding import AddReport
    from napari_medal.loop.session import Session
    from napari_medal.loop.watching import WatchedFolder

EVERY_MS = 10_000

Turn = Callable[[Progress], AbstractContextManager[None]]


class FolderWatcher(QObject):
    """Adds what comes into a folder, in the background; what goes wrong is told once.

    Args:
        turn: Gives one adding at a time its turn.
        parent: Qt parent.
    """

    arrived = Signal(object)
    """(AddReport): something came in, or was refused."""
    changed = Signal(object)
    """(folder: Path | None): another folder is watched, or none any more."""
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, turn: Turn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._turn = turn
        self._session: Session | None = None
        self._asked: AskedSource | None = None
        self._folder: WatchedFolder | None = None
        self._problem = ""
        self._clock = QTimer(self)
        self._clock.setInterval(EVERY_MS)
        self._clock.timeout.connect(self.look)
        self.runner.finished.connect(self._on_looked)
        self.runner.failed.connect(self._on_failed)

    @property
    def folder(self) -> Path | None:
        """The folder that is watched."""
        return None if self._asked is None else self._asked.images

    def watch(self, session: "Session", asked: AskedSource) -> None:
        """Watch a folder for a project, in place of the last one."""
        self._session, self._asked, self._folder, self._problem = session, asked, None, ""
        self._clock.start()
        self.changed.emit(asked.images)
        self.look()

    def stop(self) -> None:
        """Watch nothing any more, and say so."""
        self.end()
        self.changed.emit(None)

    def end(self) -> None:
        """Watch nothing any more, without a word: the panels may be gone."""
        self._clock.stop()
        self.runner.cancel()
        self._session = self._asked = self._folder = None

    def look(self) -> None:
        """Look once; not while the last look still goes on."""
        session, asked = self._session, self._asked
        if session is None or asked is None or self.runner.is_running:
            return

        def work(progress: Progress) -> "AddReport | None":
            folder = self._folder if self._folder is not None else add_calls.watched_folder(asked)
            if self._asked is asked:
                self._folder = folder
            if not folder.look():
                return None
            with self._turn(progress):
                return folder.add(session, session.turns.giving_way(progress))

        self.runner.start("Watching", work)

    def _on_looked(self, report: "AddReport | None") -> None:
        self._problem = ""
        if report is not None and (report.added or report.mended or report.broken or report.refused_labels):
            self.arrived.emit(report)

    def _on_failed(self, error: Exception) -> None:
        if str(error) != self._problem:
            self._problem = str(error)
            self.failed.emit(error)
