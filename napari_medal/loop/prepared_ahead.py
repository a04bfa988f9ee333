"""Prepare the next cases while a network answers for the one at hand."""

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from napari_medal.core.case import Case
from napari_medal.core.progress import Progress
from napari_medal.engine.prepare import Prepared

_PATIENCE_SECONDS = 0.2


def prepared_ahead(
    cases: Sequence[Case], prepare: Callable[[Case], Prepared], ahead: int, progress: Progress
) -> Generator[tuple[Case, Future[Prepared]], None, None]:
    """Yield each case, in order, with what came of preparing it; `ahead` more are prepared in a thread meanwhile.

    Closing it begins nothing more; what is being read then is read to its end, and nobody waits for it.

    Raises:
        JobCancelled: The person cancelled while a case was waited for.
    """
    executor = ThreadPoolExecutor(1, thread_name_prefix="medal: prepare ahead")
    waiting: deque[tuple[Case, Future[Prepared]]] = deque()
    remaining = iter(cases)
    try:
        while True:
            while len(waiting) <= ahead and (case := next(remaining, None)) is not None:
                waiting.append((case, executor.submit(prepare, case)))
            if not waiting:
                return
            first = waiting.popleft()
            while not wait([first[1]], _PATIENCE_SECONDS).done:
                progress.check()
            yield first
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
