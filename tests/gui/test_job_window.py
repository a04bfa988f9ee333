"""A window about a job that may be closed while it runs."""

import threading

import pytest
from qtpy.QtWidgets import QDialog

from napari_medal.core.progress import Progress
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.job_window import JobWindow
from napari_medal.gui.panels.job_bar import JobBar


class _Dialog(QDialog):
    def __init__(self) -> None:
        super().__init__()
        self.job = JobBar(can_pause=False)


@pytest.fixture
def window(qtbot):
    """A window about a job that waits to be let on, and what lets it on."""
    runner, let_on = JobRunner(), threading.Event()

    def work(progress: Progress) -> str:
        progress.step(1, 4, "Halfway")
        while not let_on.wait(0.01):
            progress.check()
        return "done"

    made = JobWindow[_Dialog](runner)
    _open(made)
    with qtbot.waitSignal(runner.progressed, timeout=10_000):
        runner.start("Working", work)
    yield made, runner, let_on
    let_on.set()
    made.close()
    runner.close(5.0)


def _open(window: JobWindow[_Dialog]) -> _Dialog:
    dialog = _Dialog()
    dialog.job.show_started("Working")
    window.take(dialog, dialog.job)
    window.bring_up()
    return dialog


def test_the_bar_shows_how_far_the_job_is_and_that_it_is_cancelled(window, qtbot):
    shown, runner, _ = window
    bar = shown.dialog.job
    assert (bar.bar.value(), bar.bar.maximum()) == (1, 4)
    assert shown.dialog.isVisible()
    with qtbot.waitSignal(runner.cancelled, timeout=10_000):
        bar.cancel.click()
    assert bar.text.text() == "Cancelling …"


def test_the_job_goes_on_when_its_window_is_closed_and_another_may_be_opened(window, qtbot):
    shown, runner, let_on = window
    shown.close()
    assert shown.dialog is None
    shown.close()  # a second time does nothing
    assert runner.is_running
    again = _open(shown)
    assert shown.dialog is again
    with qtbot.waitSignal(runner.finished, timeout=10_000) as ended:
        let_on.set()
    assert ended.args == ["done"]
