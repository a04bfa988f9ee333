"""From the welcome to an open project."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal
from qtpy.QtWidgets import QFileDialog

from napari_medal.core.progress import Progress
from napari_medal.gui import calls
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.layout import DockLayout
from napari_medal.gui.panels.new_project import NewProject
from napari_medal.gui.recent import recent_projects, remember_project
from napari_medal.gui.survey_words import survey_words
from napari_medal.gui.worker import Worker, ignore

if TYPE_CHECKING:
    from napari_medal.loop.making import Survey

SAMPLE_FOLDER = "napari-medal-phantoms"
"""Where the project to try the program with goes, below the home folder."""


class BeginningPresenter(QObject):
    """Makes projects, finds them, and says which one is to be opened."""

    project_chosen = Signal(object)
    """(folder: Path)"""
    told = Signal(str)
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, panels: DockLayout, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._panels = panels
        self._worker = worker
        self._looking_at: Path | None = None
        self._folder: Path | None = None
        self._connect()
        self.show_recent()

    def show_recent(self) -> None:
        """Offer the projects opened last."""
        self._worker.run(recent_projects, self._panels.welcome.show_recent, self.failed.emit)

    def note_opened(self, folder: Path) -> None:
        """Remember a project for the next time."""
        self._worker.run(partial(remember_project, folder), ignore, self.failed.emit)

    def choose_project(self) -> None:
        """Ask for the folder of a project."""
        folder = QFileDialog.getExistingDirectory(self._panels, "Open a project")
        if folder:
            self.project_chosen.emit(Path(folder))

    def begin_with(self, images: Path) -> None:
        """Offer to make a project of a folder of images."""
        self._panels.show_new_project()
        self._panels.new_project.images.show_folder(images)

    def _connect(self) -> None:
        welcome, new = self._panels.welcome, self._panels.new_project
        welcome.new_requested.connect(self._panels.show_new_project)
        welcome.open_requested.connect(self.choose_project)
        welcome.recent_requested.connect(self.project_chosen)
        welcome.sample_requested.connect(self._on_sample_requested)
        new.images_changed.connect(self._on_images_changed)
        new.make_requested.connect(self._on_make_requested)
        new.cancel_requested.connect(self._on_cancel_requested)
        new.back_requested.connect(self._panels.leave_new_project)
        self.runner.started.connect(new.show_started)
        self.runner.progressed.connect(new.job.show_progress)
        self.runner.finished.connect(self._on_made)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def _on_images_changed(self, images: Path) -> None:
        self._looking_at = images

        def on_found(survey: "Survey") -> None:
            if self._looking_at == images:
                self._panels.new_project.show_survey(survey_words(survey))

        def on_refused(error: Exception) -> None:
            if self._looking_at == images:
                self._panels.new_project.show_survey(str(error))

        self._worker.run(lambda: calls.survey(images), on_found, on_refused)

    def _on_make_requested(self, asked: NewProject) -> None:
        self._make(asked.folder, "Making the project", lambda progress: calls.make_project(asked, progress))

    def _on_sample_requested(self) -> None:
        folder = Path.home() / SAMPLE_FOLDER
        if (folder / "medal.toml").exists():
            self.project_chosen.emit(folder)
            return
        self._panels.show_new_project()
        self._make(folder, "Making phantoms", lambda progress: calls.make_sample_project(folder, progress))

    def _make(self, folder: Path, title: str, work: Callable[[Progress], str]) -> None:
        self._folder = folder
        self.runner.start(title, work)

    def _on_cancel_requested(self) -> None:
        self._panels.new_project.job.show_cancelling()
        self.runner.cancel()

    def _on_made(self, outcome: str) -> None:
        self._panels.new_project.show_ended("")
        self.told.emit(outcome)
        self.project_chosen.emit(self._folder)

    def _on_failed(self, error: Exception) -> None:
        self._panels.new_project.show_ended(str(error))
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._panels.new_project.show_ended("Cancelled; nothing was made.")
