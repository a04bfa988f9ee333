"""One long job at a time, with its signals in the main thread."""

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QObject, Signal

from napari_medal.core.progress import Progress
from napari_medal.gui.job_bridge import JobBridge
from napari_medal.loop.jobs import Job, JobState


class JobRunner(QObject):
    """Starts, pauses and cancels a job. Of `finished`, `failed` and `cancelled` exactly one ends each job."""

    started = Signal(str)
    progressed = Signal(object)
    pointed = Signal(object)
    paused_changed = Signal(bool)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job[Any] | None = None
        self._bridge: JobBridge | None = None

    @property
    def is_running(self) -> bool:
        """Whether a job has been started whose end has not been told yet."""
        return self._job is not None

    def start(self, title: str, work: Callable[[Progress], object]) -> None:
        """Begin a job; nothing happens while another one runs."""
        if self._job is not None:
            return
        self._job = Job(title, work)
        bridge = JobBridge(self._job, self)
        bridge.progressed.connect(self.progressed)
        bridge.pointed.connect(self.pointed)
        bridge.finished.connect(self._on_finished)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)
        self._bridge = bridge
        self.started.emit(title)
        self._job.start()

    def toggle_pause(self) -> None:
        """Hold the job, or let it go on."""
        if self._job is None:
            return
        paused = self._job.state is JobState.PAUSED
        (self._job.resume if paused else self._job.pause)()
        self.paused_changed.emit(not paused)

    def cancel(self) -> None:
        """Ask the job to end."""
        if self._job is not None:
            self._job.cancel()

    def close(self, timeout_seconds: float) -> bool:
        """Cancel the job, wait for its end, and tell whether it came in time; nothing more is told of it."""
        if self._job is None:
            return True
        job = self._job
        self._release()
        job.cancel()
        return job.join(timeout_seconds)

    def _on_finished(self, result: object) -> None:
        self._release()
        self.finished.emit(result)

    def _on_failed(self, error: Exception) -> None:
        self._release()
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._release()
        self.cancelled.emit()

    def _release(self) -> None:
        """Let go of the job and its bridge."""
        if self._bridge is not None:
            self._bridge.release()
            self._bridge.deleteLater()
        self._job = None
        self._bridge = None
