"""The window that adds images, what comes of it, and the folder that is watched."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QWidget

from napari_medal.core.progress import Progress
from napari_medal.gui import add_calls
from napari_medal.gui.adding_dialog import AddingDialog
from napari_medal.gui.arrivals import arrivals_of
from napari_medal.gui.desk import Desk
from napari_medal.gui.folder_watcher import FolderWatcher
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.job_window import JobWindow
from napari_medal.gui.panels.source_form import AskedSource
from napari_medal.gui.panels.work_list import WorkListPanel
from napari_medal.gui.remembered_watch import remember_watch, remembered_watch
from napari_medal.gui.survey_words import survey_words
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.adding import AddReport
    from napari_medal.loop.making import Survey
    from napari_medal.loop.session import Session


class AddingPresenter(QObject):
    """Adds images to the open project; neither the case at hand nor a training is touched by it.

    Args:
        desk: Has the project.
        panel: Shows that a folder is watched.
        worker: Does the waiting.
        parent: Qt parent.
    """

    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, desk: Desk, panel: WorkListPanel, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self.surveys = JobRunner()
        self.watcher = FolderWatcher(self._turn)
        self._window = JobWindow[AddingDialog](self.runner)
        self._desk = desk
        self._panel = panel
        self._worker = worker
        self._one_at_a_time = threading.Lock()
        self._looked_at: AskedSource | None = None
        self._folder: Path | None = None
        self.runner.started.connect(self._on_started)
        self.runner.finished.connect(self._on_added)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)
        self.surveys.finished.connect(self._on_surveyed)
        self.surveys.failed.connect(self._on_not_surveyed)
        self.surveys.cancelled.connect(self._look_again)
        self.watcher.arrived.connect(self._on_arrived)
        self.watcher.changed.connect(self._on_watch_changed)
        self.watcher.failed.connect(self.failed)
        desk.project_opened.connect(self._on_project_opened)

    @property
    def dialog(self) -> "AddingDialog | None":
        """The window, while it is open."""
        return self._window.dialog

    def open(self, parent: QWidget | None = None, asked: AskedSource | None = None) -> None:
        """Show the window, filled in if it is known what is asked for; nothing happens without a project."""
        session = self._desk.session
        if session is None:
            return
        if self.dialog is None:
            dialog = AddingDialog(parent)
            self._window.take(dialog, dialog.job)
            dialog.look_requested.connect(self._look)
            dialog.add_requested.connect(self._add)
            dialog.watch_requested.connect(self._on_watch_requested)
            dialog.show_watched(self.watcher.folder)
            if self.runner.is_running:
                dialog.show_started("Adding images")
            self._worker.run(partial(add_calls.folder_forms, session), self._on_forms, self.failed.emit)
        if asked is not None and self.dialog is not None:
            self.dialog.form.show_source(asked)
        self._window.bring_up()

    @contextmanager
    def _turn(self, progress: Progress) -> Iterator[None]:
        """Wait until nothing else is being added, and answer a cancel meanwhile."""
        while not self._one_at_a_time.acquire(timeout=0.1):
            progress.check()
        try:
            yield
        finally:
            self._one_at_a_time.release()

    def _on_forms(self, forms: Mapping[str, str]) -> None:
        if self.dialog is not None:
            self.dialog.form.show_forms(forms)

    def _look(self) -> None:
        """Look what the folder holds; a look at another one is given up first."""
        if self.surveys.is_running:
            self.surveys.cancel()
        else:
            self._look_again()

    def _look_again(self) -> None:
        session = self._desk.session
        asked = None if self.dialog is None else self.dialog.form.asked_for()
        self._looked_at = asked
        if session is None or asked is None:
            return

        def work(progress: Progress) -> "Survey | None":
            return add_calls.survey(session, asked, progress) if asked.images.is_dir() else None

        self.surveys.start("Looking", work)

    def _on_surveyed(self, survey: "Survey | None") -> None:
        self._show_found("Found no such folder." if survey is None else survey_words(survey))

    def _on_not_surveyed(self, error: Exception) -> None:
        self._show_found(str(error))

    def _show_found(self, text: str) -> None:
        """Show what was found, unless the folder is another one by now."""
        asked = None if self.dialog is None else self.dialog.form.asked_for()
        if self.dialog is None or asked is None or self._looked_at is None:
            return
        if (asked.images, asked.form) == (self._looked_at.images, self._looked_at.form):
            self.dialog.show_found(text)
        else:
            self._look_again()

    def _add(self, asked: AskedSource) -> None:
        session = self._desk.session
        if session is None:
            return

        if not self.runner.is_running:
            self._folder = asked.images

        def work(progress: Progress) -> "AddReport":
            with self._turn(progress):
                return add_calls.add(session, asked, progress)

        self.runner.start("Adding images", work)

    def _on_started(self, title: str) -> None:
        if self.dialog is not None:
            self.dialog.show_started(title)

    def _on_added(self, report: "AddReport") -> None:
        text = _outcome(report)
        if self.dialog is not None:
            self.dialog.show_ended(text, arrivals_of(report, self._folder))
        else:
            self.told.emit(text)
        self._tell_of_case_at_hand(report)
        self._desk.refresh()

    def _on_failed(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.show_ended(str(error))
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        if self.dialog is not None:
            self.dialog.show_ended("Cancelled.")
        self._desk.refresh()

    def _on_arrived(self, report: "AddReport") -> None:
        """Tell what came into the watched folder."""
        self.told.emit(_outcome(report))
        if self.dialog is not None and not self.runner.is_running:
            self.dialog.show_ended(_outcome(report), arrivals_of(report, self.watcher.folder))
        self._tell_of_case_at_hand(report)
        self._desk.refresh()

    def _tell_of_case_at_hand(self, report: "AddReport") -> None:
        """Say that a label came to the case at hand: what the reader sees of it stays until they open it again."""
        reading = self._desk.reading
        if reading is not None and reading.opened.case.name in report.labelled_later:
            self.told.emit(
                f"A label came for {reading.opened.case.name}, which is open: you still see what you started from. "
                "Open the case again to start from that label; what you draw before is kept."
            )

    def _on_watch_requested(self, asked: AskedSource | None) -> None:
        session = self._desk.session
        if session is None:
            return
        remember_watch(session.project.folder, asked)
        if asked is None:
            self.watcher.stop()
        else:
            self.watcher.watch(session, asked)

    def _on_watch_changed(self, folder: Path | None) -> None:
        self._panel.show_watched(folder)
        if self.dialog is not None:
            self.dialog.show_watched(folder)

    def _on_project_opened(self, session: "Session") -> None:
        """Let the last project go, and watch again what this one watched."""
        self.runner.cancel()
        self.watcher.stop()
        self._window.close()
        asked = remembered_watch(session.project.folder)
        if asked is not None:
            self.watcher.watch(session, asked)


def _outcome(report: "AddReport") -> str:
    broken = {entry.case for entry in report.broken}
    taken = len([case for case in report.added if case not in broken])
    parts = [f"{taken} case{'' if taken == 1 else 's'} added"]
    for count, words in (
        (len(report.labelled), "with a label"),
        (len(report.drafted), "with a draft"),
        (len(report.mended), "mended"),
        (len(report.known_before), "known before"),
        (len(broken), "broken"),
        (len(report.refused_labels), "with a label that was refused"),
    ):
        if count:
            parts.append(f"{count} {words}")
    return "\n".join((", ".join(parts) + ".", *report.remarks))
