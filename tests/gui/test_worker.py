import threading

import pytest
from qtpy.QtCore import QThread

from napari_medal.core.progress import CurvePoint
from napari_medal.errors import ProjectError
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.stopwatch import IDLE_SECONDS, Stopwatch
from napari_medal.gui.worker import Worker


@pytest.fixture
def worker(qapp):
    worker = Worker()
    yield worker
    worker.close(5)


def test_calls_run_elsewhere_in_order_and_answer_here(worker, qtbot):
    here, answers, threads = threading.get_ident(), [], set()

    def done(answer):
        assert threading.get_ident() == here
        answers.append(answer)

    for number in range(5):
        worker.run(lambda number=number: (threads.add(threading.get_ident()), number)[1], done, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 5)
    assert answers == [0, 1, 2, 3, 4]
    assert len(threads) == 1
    assert here not in threads


def test_an_error_comes_back_and_the_worker_goes_on(worker, qtbot):
    heard = []

    def fail():
        raise ProjectError("no")

    worker.run(fail, heard.append, lambda error: heard.append(str(error)))
    worker.run(lambda: 1, heard.append, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == ["no", 1]


def test_closing_finishes_what_was_given_and_tells_nobody(worker, qtbot):
    done, heard = [], []
    for number in range(20):
        worker.run(lambda number=number: done.append(number), heard.append, heard.append)
    assert worker.close(5)
    qtbot.wait(20)
    assert done == list(range(20))
    assert not heard


def test_a_jobs_signals_arrive_in_the_main_thread(qtbot, qapp):
    runner, here, heard = JobRunner(), QThread.currentThread(), []

    def on_point(point):
        assert QThread.currentThread() is here
        heard.append(point.step)

    runner.pointed.connect(on_point)

    def work(progress):
        for step in range(3):
            progress.point(CurvePoint("loss", step, 1.0))
        return "result"

    with qtbot.waitSignal(runner.finished) as finished:
        runner.start("Short", work)
    assert heard == [0, 1, 2]
    assert finished.args == ["result"]
    assert not runner.is_running


def test_a_job_is_paused_resumed_and_cancelled(qtbot, qapp):
    runner = JobRunner()

    def work(progress):
        while True:
            progress.step(1, 2, "working")

    runner.start("Endless", work)
    with qtbot.waitSignal(runner.paused_changed) as paused:
        runner.toggle_pause()
    assert paused.args == [True]
    with qtbot.waitSignal(runner.paused_changed) as paused:
        runner.toggle_pause()
    assert paused.args == [False]
    with qtbot.waitSignal(runner.cancelled):
        runner.cancel()


def test_long_pauses_do_not_count_as_reading():
    now = [100.0]
    watch = Stopwatch(5.0, clock=lambda: now[0])
    now[0] += 10
    watch.touch()
    now[0] += 3600
    watch.touch()
    assert watch.seconds == 5 + 10 + IDLE_SECONDS
