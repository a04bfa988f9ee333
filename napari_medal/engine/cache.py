"""Keep prepared cases between rounds: preparing the pool again costs more than predicting it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import psutil

from napari_medal.engine.prepare import Prepared


class PreparedCache:
    """Prepared cases, the least recently used dropped when the budget is full. Safe to use from several threads.

    Args:
        budget_bytes: Memory to use at most; by default a quarter of what is free.
    """

    def __init__(self, budget_bytes: int | None = None) -> None:
        self._budget = psutil.virtual_memory().available // 4 if budget_bytes is None else budget_bytes
        self._held: OrderedDict[Hashable, Prepared] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Prepared], most_bytes: int | None = None) -> Prepared:
        """Return what is held under `key`, making it when it is not; what is larger than `most_bytes` is not held."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        prepared = make()
        limit = self._budget if most_bytes is None else min(self._budget, most_bytes)
        with self._lock:
            if key not in self._held and prepared.bytes <= limit:
                self._held[key] = prepared
                self._bytes += prepared.bytes
                while self._bytes > self._budget:
                    self._bytes -= self._held.popitem(last=False)[1].bytes
        return prepared

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._held.clear()
            self._bytes = 0
