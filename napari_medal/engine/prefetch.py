"""Draw the next batch while a step is taken with this one."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from napari_medal.engine.examples import Batch, BatchSource


class Prefetched:
    """The batches of a source in its own order, drawn ahead by one thread.

    Leaving it as a context, or closing it, waits for the batch that is being drawn and ends the thread. What drawing
    raises is raised by the `draw` that was to return that batch.

    Args:
        source: What batches come from; nobody else may draw from it meanwhile.
        ahead: Batches to be ready at most.
    """

    def __init__(self, source: BatchSource, ahead: int = 2) -> None:
        self._source = source
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prefetch")
        self._coming: deque[Future[Batch]] = deque(self._thread.submit(source.draw) for _ in range(ahead))

    def draw(self) -> Batch:
        """Return the next batch, and let another one be drawn."""
        batch = self._coming.popleft()
        self._coming.append(self._thread.submit(self._source.draw))
        return batch.result()

    def close(self) -> None:
        """End the thread; what was drawn ahead is dropped."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, whatever happened."""
        self.close()
