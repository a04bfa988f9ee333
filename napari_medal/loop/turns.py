"""Who may compute: what the reader waits for comes first."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from napari_medal.core.progress import CurvePoint, Progress


class Turns:
    """Lets work in the background stand still while the reader waits for an answer. Safe to use from several threads.

    A training steps aside between two of its steps, so the reader waits for one step at most. It keeps its memory;
    where that leaves too little, the prediction takes smaller windows.
    """

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._waiting = 0

    @contextmanager
    def first(self) -> Iterator[None]:
        """Go before everything that gives way."""
        with self._free:
            self._waiting += 1
        try:
            yield
        finally:
            with self._free:
                self._waiting -= 1
                self._free.notify_all()

    def giving_way(self, progress: Progress) -> Progress:
        """Return progress for work in the background, which stands still whenever somebody goes first."""
        return _GivingWay(progress, self)

    def wait(self, progress: Progress) -> None:
        """Wait until nobody goes first, and answer a cancel meanwhile."""
        with self._free:
            while self._waiting:
                self._free.wait(0.1)
                progress.check()


@dataclass(frozen=True)
class _GivingWay:
    progress: Progress
    turns: Turns

    def step(self, done: int, total: int, text: str) -> None:
        self.turns.wait(self.progress)
        self.progress.step(done, total, text)

    def point(self, point: CurvePoint) -> None:
        self.progress.point(point)

    def check(self) -> None:
        self.turns.wait(self.progress)
        self.progress.check()
