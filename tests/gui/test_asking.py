import numpy as np
import pytest

from napari_medal.core.progress import Silent
from napari_medal.errors import ModelError
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.layers import PREDICTION
from napari_medal.loop.training import train_model
from tests.gui.test_whole_round import phantoms

TASK = "segmentation"


@pytest.fixture
def opened(docks, qtbot, tmp_path) -> MedalDock:
    """A dock over a case that the live model has not seen."""
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    train_model(session, TASK, Silent())
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    assert dock.desk.reading.opened.prediction is None
    return dock


def test_the_model_answers_for_the_case_at_hand_and_what_is_drawn_stays(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    label = opened.layers.label
    label.brush_size = 1
    label.paint((2, 3, 4), 2)
    with qtbot.waitSignal(opened.desk.case_opened, timeout=60_000):
        opened.panels.reading.ask.click()
        assert not opened.panels.reading.job.isHidden()
        assert not opened.panels.reading.ask.isEnabled()
    reading = opened.desk.reading
    assert reading.opened.case.name == name
    assert reading.opened.prediction is not None
    assert PREDICTION in opened.layers.viewer.layers
    drawn = opened.layers.mask()
    assert drawn[2, 3, 4] == 2
    assert np.count_nonzero(drawn) == 1
    assert opened.panels.reading.job.isHidden()
    qtbot.waitUntil(opened.panels.reading.ask.isEnabled, timeout=20_000)


def test_an_untouched_case_starts_from_the_new_answer(opened, qtbot):
    with qtbot.waitSignal(opened.desk.case_opened, timeout=60_000):
        opened.asking.ask()
    assert np.array_equal(opened.layers.mask(), opened.desk.reading.opened.prediction)


def test_without_a_model_it_is_told_and_the_case_stays(docks, qtbot, tmp_path):
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(phantoms(tmp_path, "tests.gui.tiny:RECIPE"))
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    name = dock.desk.reading.opened.case.name
    dock.asking.failed.disconnect()
    with qtbot.waitSignal(dock.asking.failed, timeout=20_000) as heard:
        dock.asking.ask()
    assert isinstance(heard.args[0], ModelError)
    assert dock.desk.reading.opened.case.name == name
    assert dock.panels.reading.job.isHidden()
