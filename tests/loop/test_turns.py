import threading

import pytest

from napari_medal.errors import JobCancelled
from napari_medal.loop.turns import Turns
from tests.small import Watch


def test_background_work_stands_still_while_the_reader_waits_and_then_goes_on() -> None:
    turns, watch = Turns(), Watch()
    progress = turns.giving_way(watch)
    steps = threading.Semaphore(0)
    stop = threading.Event()

    def work() -> None:
        done = 0
        while not stop.is_set():
            progress.step(done, 100, "Training")
            done += 1
            steps.release()

    thread = threading.Thread(target=work)
    thread.start()
    assert steps.acquire(timeout=10)
    with turns.first(), turns.first():  # two questions at once
        reached = len(watch.texts)
        while steps.acquire(timeout=0.2):  # the step that was on its way, if any, and those counted before
            reached = len(watch.texts)
        assert len(watch.texts) == reached
    assert steps.acquire(timeout=10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert len(watch.texts) > reached


def test_a_cancel_is_answered_while_it_stands_still() -> None:
    turns = Turns()

    def act(call: int) -> None:
        if call == 3:
            raise JobCancelled

    watch = Watch(act)
    with turns.first(), pytest.raises(JobCancelled):
        turns.giving_way(watch).check()
    assert watch.texts == []


def test_an_error_of_the_one_who_goes_first_ends_the_turn() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.first():
        raise ValueError("broken")
    turns.giving_way(Watch()).step(0, 1, "Training")
