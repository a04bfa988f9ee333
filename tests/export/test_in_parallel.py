from threading import Barrier, Event

import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import JobCancelled
from napari_medal.export.in_parallel import Check, in_parallel, usable_cores
from tests.small import Watch, cancel_at


def test_results_come_in_the_order_of_the_items() -> None:
    last = Event()

    def work(item: int, check: Check) -> int:
        if item == 1 or usable_cores() == 1:
            last.set()
        last.wait(10)
        return item * item

    watch = Watch()
    assert in_parallel(range(20), work, watch, "Squaring") == [n * n for n in range(20)]
    assert set(watch.texts) == {"Squaring"}


def test_nothing_is_done_for_no_items() -> None:
    assert in_parallel([], lambda item, check: item, Silent(), "Nothing") == []


@pytest.mark.skipif(usable_cores() == 1, reason="one core does one thing after another")
def test_several_items_are_at_work_at_once() -> None:
    together = Barrier(2)
    in_parallel(range(2), lambda item, check: together.wait(30), Silent(), "Meeting")


def test_who_is_at_work_is_told_to_stop_when_the_person_cancels() -> None:
    told = []

    def work(item: int, check: Check) -> None:
        try:
            while True:
                check()
        except JobCancelled:
            told.append(item)
            raise

    with pytest.raises(JobCancelled):
        in_parallel(range(100), work, cancel_at(2), "Turning")
    assert sorted(told) == list(range(len(told)))
    assert 1 <= len(told) <= usable_cores()


def test_an_error_ends_the_others_and_passes() -> None:
    begun = []

    def work(item: int, check: Check) -> None:
        begun.append(item)
        if item == 0:
            raise OSError("torn")
        while usable_cores() > 1:
            check()

    with pytest.raises(OSError, match="torn"):
        in_parallel(range(100), work, Silent(), "Tearing")
    assert len(begun) <= usable_cores() + 1
