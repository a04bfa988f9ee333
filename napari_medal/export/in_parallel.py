"""The same work on each of several things, on all cores."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from threading import Event
from typing import TypeVar

from napari_medal.core.progress import Progress
from napari_medal.errors import JobCancelled

T = TypeVar("T")
R = TypeVar("R")
Check = Callable[[], None]
"""Raises `JobCancelled` in a thread whose work is wanted no more; call it every few hundred milliseconds."""

_PATIENCE_SECONDS = 0.2


def in_parallel(items: Sequence[T], work: Callable[[T, Check], R], progress: Progress, text: str) -> list[R]:
    """Do `work` on each item in threads, and return what came of it, in the items' order.

    Packing and unpacking let other threads run, so that threads use all cores. At the first error, or when the person
    cancels, no further item is begun, those at work are told by their `check`, and nothing is at work any more when
    this returns.

    Raises:
        JobCancelled: The person cancelled.
    """
    stop = Event()

    def check() -> None:
        if stop.is_set():
            raise JobCancelled

    workers = usable_cores()
    done: dict[int, R] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="export") as pool:
        try:
            progress.step(0, len(items), text)
            waiting = iter(enumerate(items))
            at_work = {pool.submit(work, item, check): place for place, item in islice(waiting, workers)}
            while at_work:
                for place, result in _finished(at_work, progress):
                    done[place] = result
                    progress.step(len(done), len(items), text)
                    for further, item in islice(waiting, 1):
                        at_work[pool.submit(work, item, check)] = further
        except BaseException:
            stop.set()
            raise
    return [done[place] for place in range(len(items))]


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _finished(at_work: "dict[Future[R], int]", progress: Progress) -> Iterator[tuple[int, R]]:
    """Wait until something is done, and take it out."""
    while not (done := wait(at_work, _PATIENCE_SECONDS, FIRST_COMPLETED).done):
        progress.check()
    for future in sorted(done, key=at_work.__getitem__):
        yield at_work.pop(future), future.result()
