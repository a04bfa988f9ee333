"""Revisions and differences in the dock."""

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_medal.catalogue.journal_replay import STEPS_KEPT as STEPS_IN_A_JOURNAL
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.edit.difference import Difference
from napari_medal.gui.difference_layer import DIFFERENCE, LazyDifference
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.label_layer import STEPS_KEPT, LabelLayer
from napari_medal.loop.reading_mode import set_reading_mode
from tests.gui.conftest import session_of


@pytest.fixture
def twice(dock, qtbot) -> MedalDock:
    """A case with two revisions and a stroke on top."""
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case("case_0")
    for value in (1, 2):
        dock.layers.label.brush_size = 1
        dock.layers.label.paint((2, 3, 2 + value), value)
        with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
            dock.panels.reading.accept.click()
        with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
            dock.desk.open_case("case_0")
    dock.layers.label.paint((2, 3, 3), 2)
    qtbot.waitUntil(lambda: dock.panels.revisions.table.rowCount() == 2, timeout=10_000)
    return dock


def test_as_many_steps_are_kept_as_can_be_undone():
    assert STEPS_IN_A_JOURNAL == STEPS_KEPT


def test_the_revisions_are_listed(twice):
    table = twice.panels.revisions.table
    assert [table.item(row, 0).text() for row in range(2)] == ["Revision 2", "Revision 1"]
    assert table.item(0, 1).text()
    assert not twice.panels.revisions.prediction.isEnabled()


def test_a_revision_is_compared_with_the_label(twice, qtbot):
    panel = twice.panels.revisions
    panel.table.selectRow(1)
    panel.compare.click()
    qtbot.waitUntil(lambda: twice.layers.difference.is_shown, timeout=10_000)
    layer = twice.layers.viewer.layers[DIFFERENCE]
    codes = np.asarray(layer.data)
    assert codes[2, 3, 3] == Difference.RELABELLED
    assert codes[2, 3, 4] == Difference.ADDED
    assert np.count_nonzero(codes) == 2
    assert panel.counts.text() == "Against revision 1, in voxels: anterior +0 −1; posterior +2 −0."
    assert panel.differences.isChecked()
    assert twice.layers.viewer.layers.selection.active is twice.layers.label
    twice.layers.label.paint((2, 3, 3), 0)
    assert np.asarray(layer.data)[2, 3, 3] == Difference.REMOVED
    assert layer._slice.image.raw[3, 3] == Difference.REMOVED, "what is seen has changed with the stroke"
    qtbot.keyClick(twice, "d", Qt.KeyboardModifier.ShiftModifier)
    assert not layer.visible
    assert not panel.differences.isChecked()


def test_a_hidden_difference_costs_nothing(twice, qtbot, monkeypatch):
    difference = twice.layers.difference
    assert difference.layer is None
    difference.compare(twice.layers.mask())
    difference.set_visible(False)
    asked = []
    monkeypatch.setattr(LazyDifference, "__getitem__", lambda self, index: asked.append(index))
    twice.layers.label.paint((1, 1, 1), 1)
    twice.layers.viewer.dims.set_current_step(0, 3)
    assert asked == []


def test_a_shown_difference_looks_at_one_slice(twice, monkeypatch):
    asked = []
    real = LazyDifference.__getitem__

    def get(self, index):
        found = real(self, index)
        asked.append(np.size(found))
        return found

    monkeypatch.setattr(LazyDifference, "__getitem__", get)
    twice.layers.difference.compare(twice.layers.mask())
    twice.layers.viewer.dims.set_current_step(0, 3)
    shape = twice.layers.label.data.shape
    assert asked
    assert max(asked) <= max(shape[0] * shape[1], shape[1] * shape[2], shape[0] * shape[2])


def test_returning_is_one_step_that_is_journalled_and_taken_back(twice, qtbot):
    panel, label = twice.panels.revisions, twice.layers.label
    before, steps = twice.layers.mask(), label.undo_steps
    panel.table.selectRow(1)
    panel.go_back.click()
    qtbot.waitUntil(lambda: label.undo_steps == steps + 1, timeout=10_000)
    expected = np.zeros_like(before)
    expected[2, 3, 3] = 1
    np.testing.assert_array_equal(twice.layers.mask(), expected)
    qtbot.waitUntil(lambda: not twice.desk.reading.is_dirty, timeout=10_000)
    project = session_of(twice).project
    np.testing.assert_array_equal(project.journals.load("case_0", "segmentation").replay.mask, expected)
    assert len(project.annotations.history("case_0", "segmentation")) == 2
    label.undo()
    np.testing.assert_array_equal(twice.layers.mask(), before)


def test_a_stroke_drawn_while_the_way_back_is_looked_for_is_reckoned_with(twice, qtbot):
    panel, label = twice.panels.revisions, twice.layers.label
    steps = label.undo_steps
    panel.table.selectRow(0)
    panel.go_back.click()
    label.paint((0, 0, 0), 1)
    qtbot.waitUntil(lambda: label.undo_steps == steps + 2, timeout=10_000)
    assert twice.layers.mask()[0, 0, 0] == 0
    label.undo()
    assert twice.layers.mask()[0, 0, 0] == 1


def test_the_difference_goes_with_the_case(twice, qtbot):
    twice.layers.difference.compare(twice.layers.mask())
    with qtbot.waitSignal(twice.desk.case_opened, timeout=20_000):
        twice.desk.open_case("case_1")
    assert not twice.layers.difference.is_shown, "there is no prediction to compare with"
    qtbot.waitUntil(lambda: "No label of this case" in twice.panels.revisions.counts.text(), timeout=10_000)


def test_a_difference_has_the_shape_of_what_is_asked_for():
    label = LabelLayer(np.ones((3, 4, 5), np.uint8))
    lazy = LazyDifference(label, np.zeros((3, 4, 5), np.uint8))
    assert lazy[1].shape == (4, 5)
    assert lazy[:, 2, 1:3].shape == (3, 2)
    assert int(lazy[1, 2, 3]) == Difference.ADDED
    assert np.asarray(lazy).shape == (3, 4, 5)


def test_a_second_reader_sees_no_labels_before_their_own(twice, qtbot):
    set_reading_mode(session_of(twice), "segmentation", ReadingMode.SECOND_READ)
    twice.panels.reading.reader.setText("somebody else")
    for name in ("case_1", "case_0"):
        with qtbot.waitSignal(twice.desk.case_opened, timeout=20_000):
            twice.desk.open_case(name)
    qtbot.waitUntil(lambda: not twice.desk.is_busy, timeout=10_000)
    waited = []
    twice.worker.run(lambda: None, waited.append, waited.append)
    qtbot.waitUntil(lambda: bool(waited), timeout=10_000)
    assert twice.panels.revisions.table.rowCount() == 0
    assert not twice.layers.mask().any()
