import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from napari_medal.core.progress import CurvePoint, Progress
from napari_medal.errors import ModelError
from napari_medal.loop.jobs import Job, JobProgress, JobState

SECONDS = 20.0
"""Longer than anything here takes."""


class _Ear:
    """Writes down what a job says."""

    def __init__(self, job: Job[Any]) -> None:
        self.heard: list[Any] = []
        self.ends: list[tuple[str, Any]] = []
        job.progressed.connect(self.heard.append)
        job.pointed.connect(self.heard.append)
        job.finished.connect(lambda result: self.ends.append(("finished", result)))
        job.failed.connect(lambda error: self.ends.append(("failed", error)))
        job.cancelled.connect(lambda: self.ends.append(("cancelled", None)))


def _done(work: Callable[[Progress], Any]) -> tuple[Job[Any], _Ear]:
    job: Job[Any] = Job("test", work)
    ear = _Ear(job)
    job.start()
    assert job.join(SECONDS)
    return job, ear


def test_a_result_comes_once_with_its_progress() -> None:
    def work(progress: Progress) -> int:
        progress.step(0, 4, "Counting")
        progress.point(CurvePoint("loss", 1, 0.5))
        progress.step(2, 4, "Counting")
        return 42

    job, ear = _done(work)
    assert ear.ends == [("finished", 42)]
    assert job.state is JobState.DONE
    assert job.state.is_over
    first, point, second = ear.heard
    assert first == JobProgress(0, 4, "Counting", None)
    assert point == CurvePoint("loss", 1, 0.5)
    assert (second.done, second.total) == (2, 4)


def test_the_time_left_is_reckoned_for_each_kind_of_work() -> None:
    clock = threading.Event()

    def work(progress: Progress) -> None:
        progress.step(0, 4, "Slow")
        clock.wait(0.2)
        progress.step(1, 4, "Slow")
        progress.step(0, 9, "Quick")
        progress.step(3, 9, "Quick")

    _, ear = _done(work)
    assert 0.5 < ear.heard[1].seconds_left < 10
    assert ear.heard[2].seconds_left is None
    assert ear.heard[3].seconds_left < 0.2


@pytest.mark.parametrize("error", [ModelError("no"), ZeroDivisionError("also")])
def test_an_error_is_said_once(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def work(progress: Progress) -> None:
        raise error

    with caplog.at_level(logging.CRITICAL):
        job, ear = _done(work)
    assert ear.ends == [("failed", error)]
    assert job.state is JobState.FAILED


def test_cancel_ends_the_work_at_its_next_report() -> None:
    reached, cancelled = threading.Event(), threading.Event()
    after: list[int] = []

    def work(progress: Progress) -> None:
        reached.set()
        assert cancelled.wait(SECONDS)
        progress.check()
        after.append(1)

    job: Job[None] = Job("test", work)
    ear = _Ear(job)
    job.start()
    assert reached.wait(SECONDS)
    job.cancel()
    cancelled.set()
    assert job.join(SECONDS)
    assert (ear.ends, after) == ([("cancelled", None)], [])
    assert job.state is JobState.CANCELLED


def test_a_paused_job_waits_and_goes_on() -> None:
    counted: list[int] = []
    go_on = threading.Semaphore(0)
    reported = threading.Semaphore(0)

    def work(progress: Progress) -> None:
        for number in range(3):
            assert go_on.acquire(timeout=SECONDS)
            progress.step(number, 3, "Counting")
            counted.append(number)
            reported.release()

    job: Job[None] = Job("test", work)
    ear = _Ear(job)
    assert job.state is JobState.WAITING
    job.start()
    go_on.release()
    assert reported.acquire(timeout=SECONDS)
    assert job.state is JobState.RUNNING
    job.pause()
    assert job.state is JobState.PAUSED
    go_on.release(2)
    assert not reported.acquire(timeout=0.3)  # held at its report
    assert counted == [0]
    assert not job.join(0)
    job.resume()
    assert job.join(SECONDS)
    assert counted == [0, 1, 2]
    assert ear.ends == [("finished", None)]


def test_a_paused_job_can_be_cancelled() -> None:
    reached = threading.Event()

    def work(progress: Progress) -> None:
        while True:
            progress.check()
            reached.set()

    job: Job[None] = Job("test", work)
    ear = _Ear(job)
    job.start()
    assert reached.wait(SECONDS)
    job.pause()
    job.cancel()
    assert job.join(SECONDS)
    assert ear.ends == [("cancelled", None)]


def test_joining_a_job_that_never_began_does_not_hang() -> None:
    began = time.monotonic()
    assert Job("test", lambda progress: None).join(SECONDS)
    assert time.monotonic() - began < 5


def test_jobs_do_not_hear_each_other() -> None:
    first, second = Job("a", lambda progress: 1), Job("b", lambda progress: 2)
    ears = _Ear(first), _Ear(second)
    first.start()
    assert first.join(SECONDS)
    assert ears[1].ends == []
    second.start()
    assert second.join(SECONDS)
    assert [ear.ends for ear in ears] == [[("finished", 1)], [("finished", 2)]]
