"""A task that measures, in the dock."""

from pathlib import Path

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractButton, QAbstractSpinBox, QLineEdit

from napari_medal.core.quantity import Quantity
from napari_medal.core.target import Target
from napari_medal.errors import ExtensionError
from napari_medal.gui.panels.new_project import NewProjectPanel
from napari_medal.gui.task_panel import load_panel
from napari_medal.loop.creating import TaskWish
from napari_medal_plugins.regression.panel import ValuePanel
from tests.gui.conftest import make_project, session_of
from tests.gui.test_dock import Heard

AGE = Quantity("age", "years", 0.0, 120.0)
REGRESSION = TaskWish("regression", quantity=AGE)


@pytest.fixture
def panel(qtbot) -> ValuePanel:
    panel = ValuePanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_the_panel_shows_what_the_model_says(panel):
    panel.show_answer(AGE, 63.46, 2.123, 63.46)
    assert panel.model.text() == "The model says 63.5 years; its members deviate by 2.1 years."
    assert (panel.field.number, panel.field.text(), panel.take.isEnabled()) == (63.46, "63.46 years", True)
    panel.show_answer(AGE, None, None, None)
    assert (panel.field.number, panel.field.text()) == (None, "not said yet")
    assert panel.model.text() == "No prediction to show."
    assert not panel.take.isEnabled()


def test_showing_a_value_says_nothing(panel, qtbot):
    with qtbot.assertNotEmitted(panel.value_chosen):
        panel.show_answer(AGE, 63.4567, 2.0, 63.4567)
        panel.show_answer(Quantity("score", "", -3.0, 3.0), None, None, -3.0)
    assert panel.field.number == -3.0


def test_a_number_is_typed(panel, qtbot):
    panel.show_answer(AGE, 63.5, 2.0, None)
    said: list[object] = []
    panel.value_chosen.connect(said.append)
    panel.begin(4)
    qtbot.keyClicks(panel.field, "1.25")
    assert said[-1] == 41.25
    assert panel.field.hasFocus() or not panel.field.isActiveWindow()
    with qtbot.waitSignal(panel.accept_requested):
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)


def test_the_value_at_hand_may_be_said_anew(panel, qtbot):
    panel.show_answer(AGE, None, None, None)
    with qtbot.waitSignal(panel.value_chosen) as said:
        panel.begin(0)
    assert said.args == [0.0]


def test_arrows_step_within_the_range(panel, qtbot):
    panel.show_answer(AGE, None, None, None)
    said: list[object] = []
    panel.value_chosen.connect(said.append)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Down):
        qtbot.keyClick(panel.field, key)
    assert said == [0.0, 1.0, 0.0]
    panel.show_answer(AGE, None, None, 119.5)
    qtbot.keyClick(panel.field, Qt.Key.Key_Up)
    assert panel.field.number == 120.0


def test_the_model_s_value_is_taken_over_to_the_last_bit(panel, qtbot):
    panel.show_answer(AGE, 63.123456789, 2.0, 50.0)
    with qtbot.waitSignal(panel.value_chosen) as said:
        panel.take.click()
    assert said.args == [63.123456789]
    assert panel.field.number == 63.12


def test_every_control_says_what_it_does(panel):
    panel.show_answer(AGE, 63.5, 2.0, None)
    assert panel.findChildren(QAbstractButton)
    for control in (*panel.findChildren(QAbstractButton), *panel.findChildren(QAbstractSpinBox)):
        assert control.toolTip(), control


def test_a_panel_for_classes_is_none_for_numbers():
    with pytest.raises(ExtensionError, match="lacks value_chosen, begin"):
        load_panel("napari_medal_plugins.classification.panel:ClassPanel", Target.VALUE)
    with pytest.raises(ExtensionError, match="lacks class_chosen, choose"):
        load_panel("napari_medal_plugins.regression.panel:ValuePanel", Target.CLASS)


def test_a_value_is_said_and_accepted_with_the_keys_alone(docks, tmp_path: Path, qtbot):
    dock = docks(make_project(tmp_path, REGRESSION))
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    panel = dock.panels.task_panel
    assert isinstance(panel, ValuePanel)
    assert not dock.panels.reading.hide_label.isVisibleTo(dock)
    name = dock.desk.reading.opened.case.name
    with Heard() as said, qtbot.waitSignal(dock.desk.failed, timeout=10_000):
        dock.panels.reading.accept.click()
    assert any("has no answer yet" in text for text in said)
    qtbot.keyClick(dock._viewer.window._qt_viewer.canvas.native, Qt.Key.Key_6)
    qtbot.keyClicks(panel.field, "3.5")
    assert dock.desk.reading.chosen == 63.5
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    found = session_of(dock).project.annotations.current("regression")[name]
    assert (found.value, found.class_value) == (63.5, None)
    assert panel.field.number is None
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case(name)
    assert (panel.field.number, dock.desk.reading.chosen) == (63.5, 63.5)


def test_a_new_project_may_measure(qtbot, tmp_path: Path):
    panel = NewProjectPanel()
    qtbot.addWidget(panel)
    panel.images.line.setText(str(tmp_path))
    panel.folder.line.setText(str(tmp_path / "new"))
    panel.draws.setChecked(False)
    panel.measures.setChecked(True)
    field = panel.quantity
    for line, text in ((field.name, "age"), (field.unit, "years"), (field.low, "0")):
        line.setText(text)
        assert not panel.make.isEnabled()
    field.high.setText("-1")
    assert not panel.make.isEnabled()
    field.high.setText("120")
    asked = panel.asked_for()
    assert asked is not None
    assert (asked.quantity, asked.structures, asked.classes) == (AGE, (), ())
    assert all(line.toolTip() for line in panel.quantity.findChildren(QLineEdit))
    panel.measures.setChecked(False)
    assert panel.asked_for() is None
