import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from napari_medal.engine.cache import PreparedCache
from napari_medal.engine.prepare import Prepared
from tests.small import grid

ONE = 4 * 1000
"""Bytes of one prepared case below."""


def _prepared() -> Prepared:
    return Prepared(np.zeros((1, 10, 10, 10), dtype=np.float32), grid((10, 10, 10)), (1.0, 1.0, 1.0))


class _Maker:
    def __init__(self) -> None:
        self.made: list[str] = []

    def get(self, cache: PreparedCache, name: str) -> Prepared:
        def make() -> Prepared:
            self.made.append(name)
            return _prepared()

        return cache.get(name, make)


def test_what_was_prepared_is_kept() -> None:
    cache, maker = PreparedCache(10 * ONE), _Maker()
    assert maker.get(cache, "a") is maker.get(cache, "a")
    assert maker.made == ["a"]


def test_the_least_recently_used_is_dropped_first() -> None:
    cache, maker = PreparedCache(2 * ONE), _Maker()
    for name in "abac":
        maker.get(cache, name)
    assert maker.made == ["a", "b", "c"]
    maker.get(cache, "a")
    assert maker.made == ["a", "b", "c"]
    maker.get(cache, "b")
    assert maker.made == ["a", "b", "c", "b"]


def test_what_exceeds_the_budget_is_not_kept_and_drops_nothing() -> None:
    cache, maker = PreparedCache(ONE), _Maker()
    maker.get(cache, "a")
    cache.get("large", lambda: Prepared(np.zeros((2, 10, 10, 10), np.float32), grid((10, 10, 10)), (1.0, 1.0, 1.0)))
    maker.get(cache, "a")
    assert maker.made == ["a"]
    tight = PreparedCache(ONE - 1)
    maker.get(tight, "b")
    maker.get(tight, "b")
    assert maker.made == ["a", "b", "b"]


def test_clearing_gives_the_budget_back() -> None:
    cache, maker = PreparedCache(ONE), _Maker()
    for _ in range(3):
        maker.get(cache, "a")
        cache.clear()
    maker.get(cache, "b")
    maker.get(cache, "b")
    assert maker.made == ["a", "a", "a", "b"]


def test_threads_may_share_it_and_the_budget_holds() -> None:
    cache = PreparedCache(3 * ONE)
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        start.wait()
        for name in np.random.default_rng(seed).integers(0, 6, 300):
            assert cache.get(int(name), _prepared).image.shape == (1, 10, 10, 10)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    maker = _Maker()
    for name in "xyz":
        maker.get(cache, name)
    for name in "xyz":
        maker.get(cache, name)
    assert maker.made == ["x", "y", "z"]  # the books still agree: three fit


def test_a_case_prepared_by_two_threads_at_once_counts_once() -> None:
    cache = PreparedCache(2 * ONE)
    both_inside = threading.Barrier(2)

    def make() -> Prepared:
        both_inside.wait(timeout=20)
        return _prepared()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: cache.get("a", make), range(2)))
    maker = _Maker()
    for name in "bab":
        maker.get(cache, name)
    assert maker.made == ["b"]
