"""From a job's own thread to the main thread."""

from collections.abc import Callable
from functools import partial
from typing import Any

from qtpy.QtCore import QObject, Qt, Signal

from napari_medal.core.progress import CurvePoint
from napari_medal.loop.jobs import Job, JobProgress


class JobBridge(QObject):
    """Relays the signals of one job as Qt signals in the thread of this object."""

    progressed = Signal(object)
    pointed = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    _relayed = Signal(object)

    def __init__(self, job: Job[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._relayed.connect(self._on_relayed, Qt.ConnectionType.QueuedConnection)
        job.progressed.connect(self._on_progressed)
        job.pointed.connect(self._on_pointed)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)

    def release(self) -> None:
        """Listen no more."""
        self._job.progressed.disconnect(self._on_progressed, missing_ok=True)
        self._job.pointed.disconnect(self._on_pointed, missing_ok=True)
        self._job.finished.disconnect(self._on_finished, missing_ok=True)
        self._job.failed.disconnect(self._on_failed, missing_ok=True)
        self._job.cancelled.disconnect(self._on_cancelled, missing_ok=True)

    def _on_progressed(self, progress: JobProgress) -> None:
        self._relayed.emit(partial(self.progressed.emit, progress))

    def _on_pointed(self, point: CurvePoint) -> None:
        self._relayed.emit(partial(self.pointed.emit, point))

    def _on_finished(self, result: object) -> None:
        self._relayed.emit(partial(self.finished.emit, result))

    def _on_failed(self, error: Exception) -> None:
        self._relayed.emit(partial(self.failed.emit, error))

    def _on_cancelled(self) -> None:
        self._relayed.emit(self.cancelled.emit)

    def _on_relayed(self, emit: Callable[[], None]) -> None:
        emit()
