"""A window about a job, which goes on when the window is closed."""

from typing import Generic, TypeVar

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog

from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.loop.jobs import JobProgress

W = TypeVar("W", bound=QDialog)


class JobWindow(Generic[W]):
    """Holds the window while it is open, and shows in its bar how far the job is.

    Args:
        runner: Runs the job.
    """

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._bar: JobBar | None = None
        self.dialog: W | None = None
        runner.progressed.connect(self._on_progressed)

    def take(self, dialog: W, bar: JobBar) -> None:
        """Take a new window with the bar for its job; Qt deletes it when it is closed."""
        self.dialog, self._bar = dialog, bar
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._on_closed)
        bar.cancel_requested.connect(self._on_cancel_requested)

    def bring_up(self) -> None:
        """Show the window in front of all others."""
        if self.dialog is not None:
            self.dialog.show()
            self.dialog.raise_()

    def close(self) -> None:
        """Close the window, if it is open; the job goes on."""
        if self.dialog is not None:
            self.dialog.reject()

    def _on_cancel_requested(self) -> None:
        if self._bar is not None:
            self._bar.show_cancelling()
        self._runner.cancel()

    def _on_progressed(self, progress: JobProgress) -> None:
        if self._bar is not None:
            self._bar.show_progress(progress)

    def _on_closed(self) -> None:
        self.dialog = self._bar = None
