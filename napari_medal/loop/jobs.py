"""Work in a background thread, with progress, pause, cancel, error and result."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from psygnal import Signal

from napari_medal.core.progress import CurvePoint, Progress
from napari_medal.errors import JobCancelled

R = TypeVar("R")

_log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class JobProgress:
    """How far a job is; `seconds_left` is None until there is something to reckon with."""

    done: int
    total: int
    text: str
    seconds_left: float | None


class Job(Generic[R]):
    """One piece of work in its own thread.

    The signals are emitted in that thread, the last of them exactly one of `finished`, `failed` and `cancelled`. A
    window must hand them over to its own thread.

    Args:
        title: What is being done, for people.
        work: Does it. It gets a `Progress`, through which it is paused and cancelled.
    """

    progressed = Signal(JobProgress)
    pointed = Signal(CurvePoint)
    finished = Signal(object)
    failed = Signal(Exception)
    cancelled = Signal()

    def __init__(self, title: str, work: Callable[[Progress], R]) -> None:
        self.title = title
        self._work = work
        self._state = JobState.WAITING
        self._go = threading.Event()
        self._go.set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"medal: {title}", daemon=True)

    @property
    def state(self) -> JobState:
        """Where the job stands."""
        if self._state is JobState.RUNNING and not self._go.is_set():
            return JobState.PAUSED
        return self._state

    def start(self) -> None:
        """Begin."""
        self._state = JobState.RUNNING
        self._thread.start()

    def pause(self) -> None:
        """Hold the work at its next report of progress."""
        self._go.clear()

    def resume(self) -> None:
        """Let paused work go on."""
        self._go.set()

    def cancel(self) -> None:
        """Ask the work to end; it does at its next report of progress."""
        self._stop.set()
        self._go.set()

    def join(self, timeout_seconds: float | None = None) -> bool:
        """Wait for the end; tell whether it came."""
        if self._thread.ident is not None:
            self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            result = self._work(_Reporter(self, self._go, self._stop))
        except JobCancelled:
            self._state = JobState.CANCELLED
            self.cancelled.emit()
        except Exception as error:  # noqa: BLE001 - whatever it is, a person must hear of it; threads die silently
            _log.exception("The job '%s' failed.", self.title)
            self._state = JobState.FAILED
            self.failed.emit(error)
        else:
            self._state = JobState.DONE
            self.finished.emit(result)


class _Reporter:
    """The `Progress` that a job's work is given."""

    def __init__(self, job: "Job[R]", go: threading.Event, stop: threading.Event) -> None:
        self._job = job
        self._go = go
        self._stop = stop
        self._text = ""
        self._began = time.monotonic()

    def step(self, done: int, total: int, text: str) -> None:
        self.check()
        if text != self._text:
            self._text, self._began = text, time.monotonic()
        elapsed = time.monotonic() - self._began
        left = elapsed / done * (total - done) if done else None
        self._job.progressed.emit(JobProgress(done, total, text, left))

    def point(self, point: CurvePoint) -> None:
        self.check()
        self._job.pointed.emit(point)

    def check(self) -> None:
        if not self._go.is_set():
            paused = time.monotonic()
            self._go.wait()
            self._began += time.monotonic() - paused
        if self._stop.is_set():
            msg = "Cancelled."
            raise JobCancelled(msg)
