"""How long a case has been read."""

import time
from collections.abc import Callable

IDLE_SECONDS = 20.0
"""Of a longer pause only this much counts as reading."""


class Stopwatch:
    """Adds up the time between signs of activity.

    Args:
        start_seconds: What was spent before.
        clock: Tells seconds that only grow.
    """

    def __init__(self, start_seconds: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent = start_seconds
        self._last = clock()

    @property
    def seconds(self) -> float:
        """Reading time up to now."""
        return self._spent + self._since_last()

    def touch(self) -> None:
        """Note a sign of activity."""
        self._spent += self._since_last()
        self._last = self._clock()

    def _since_last(self) -> float:
        return min(self._clock() - self._last, IDLE_SECONDS)
