"""The garbage collector leaves what was imported, and nothing else."""

import gc
import threading
import weakref

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _as_it_was():
    """Let the collector look at everything, and leave alone what was there afterwards."""
    gc.unfreeze()
    yield
    gc.collect()
    gc.freeze()


def test_layers_of_closed_cases_are_freed_all_the_same(docks, project_folder, qtbot):
    dock = docks(project_folder)
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0, timeout=60_000)
    count = gc.get_freeze_count()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.open_project(project_folder)
    qtbot.waitUntil(lambda: not _is_warming(), timeout=60_000)
    assert gc.get_freeze_count() <= count, "once a process"
    shown = []
    for name in ("case_0", "case_1"):
        with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
            dock.desk.open_case(name)
        shown += [weakref.ref(layer) for layer in dock.layers.viewer.layers]
    assert len(shown) >= 4
    dock.desk.close()
    qtbot.waitUntil(lambda: not dock.layers.viewer.layers, timeout=10_000)
    qtbot.wait(50)
    gc.collect()
    assert [found() for found in shown if found() is not None] == []


def test_nothing_is_left_alone_while_there_are_layers(docks, project_folder, qtbot):
    dock = docks()
    layer = dock.layers.viewer.add_image(np.zeros((4, 4)))
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.open_project(project_folder)
    qtbot.waitUntil(lambda: not _is_warming(), timeout=60_000)
    assert gc.get_freeze_count() == 0
    gc.freeze()  # the rest of the test is none
    dock.layers.viewer.layers.remove(layer)


def _is_warming() -> bool:
    return any(thread.name == "medal: warm-up" for thread in threading.enumerate())
