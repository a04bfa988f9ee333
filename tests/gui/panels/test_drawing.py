"""The parts of the drawing panel, each without a viewer."""

from dataclasses import replace

import pytest
from qtpy.QtWidgets import QLabel, QPushButton

from napari_medal.edit.combine import TOOL as COMBINE
from napari_medal.edit.combine import Operation
from napari_medal.edit.margin import TOOL as MARGIN
from napari_medal.edit.smooth import TOOL as SMOOTH
from napari_medal.edit.smooth import Filter
from napari_medal.edit.split import TOOL as SPLIT
from napari_medal.edit.threshold import TOOL as THRESHOLD
from napari_medal.gui.draw_mode import DrawMode
from napari_medal.gui.panels.brush_bar import BrushBar
from napari_medal.gui.panels.drawing import DrawingPanel
from napari_medal.gui.panels.limits_bar import LimitsBar
from napari_medal.gui.panels.mode_bar import ModeBar
from napari_medal.gui.panels.options_form import OptionsForm
from napari_medal.gui.panels.tool_form import ToolForm
from napari_medal.gui.panels.tool_list import ToolList
from tests.edit.drawings import SCHEME, TUMOUR
from tests.entries import declared_extensions
from tests.small import REPO_ROOT

TOOLS = {point.name: point.load() for point in declared_extensions(REPO_ROOT) if point.group == "napari_medal.tools"}


def test_each_mode_has_a_button_and_the_one_at_hand_is_pressed(qtbot):
    bar = ModeBar()
    qtbot.addWidget(bar)
    assert set(bar.buttons) == set(DrawMode)
    for mode, button in bar.buttons.items():
        with qtbot.waitSignal(bar.mode_requested) as asked:
            button.click()
        assert asked.args == [mode]
    bar.show_mode(DrawMode.LASSO)
    assert [mode for mode, button in bar.buttons.items() if button.isChecked()] == [DrawMode.LASSO]
    bar.show_mode(None)
    assert not any(button.isChecked() for button in bar.buttons.values())
    bar.buttons[DrawMode.FILL].click()
    bar.buttons[DrawMode.PICK].click()
    assert [mode for mode, button in bar.buttons.items() if button.isChecked()] == [DrawMode.PICK]


def test_the_brush_is_asked_for_by_the_reader_and_not_by_what_is_shown(qtbot):
    bar = BrushBar()
    qtbot.addWidget(bar)
    heard = []
    for signal in (bar.size_requested, bar.ball_requested, bar.undo_requested, bar.redo_requested):
        signal.connect(lambda *args: heard.append(args))
    bar.show_brush(7.5, 1.5, True)
    assert not heard
    assert (bar.diameter.value(), bar.ball.isChecked(), bar.diameter.text()) == (7.5, True, "7.5 mm")
    bar.diameter.stepUp()
    bar.ball.click()
    bar.show_steps(1, 1)
    bar.undo.click()
    bar.redo.click()
    assert [args for args in heard if args] == [(9.0,), (False,)] or heard[:2] == [(9.0,), (False,)]
    assert len(heard) == 4
    bar.show_steps(0, 1)
    assert (bar.undo.isEnabled(), bar.redo.isEnabled()) == (False, True)


def test_limits_are_told_and_shown(qtbot):
    bar = LimitsBar()
    qtbot.addWidget(bar)
    assert bar.intensities is None
    with qtbot.waitSignal(bar.changed):
        bar.show_range(-100.0, 240.0)
    assert bar.intensities == (-100.0, 240.0)
    with qtbot.waitSignal(bar.changed):
        bar.protect.click()
    with qtbot.waitSignal(bar.range_requested):
        bar.take.click()
    bar.is_limited.click()
    assert bar.intensities is None


def test_tools_stand_under_their_headings(qtbot):
    tools = ToolList()
    qtbot.addWidget(tools)
    tools.show_tools({**TOOLS, "other": replace(MARGIN, name="other", title="Other", group="Mine")})
    headings = [label.text() for label in tools.findChildren(QLabel)]
    assert headings == ["Slices", "Shape", "Islands", "Image", "Model", "Labels", "Mine"]
    assert all(button.toolTip() for button in tools.buttons.values())
    with qtbot.waitSignal(tools.tool_requested) as asked:
        tools.buttons["margin"].click()
    assert asked.args == ["margin"]
    tools.show_chosen("smooth")
    assert [name for name, button in tools.buttons.items() if button.isChecked()] == ["smooth"]
    tools.show_tools({"margin": MARGIN})
    assert list(tools.buttons) == ["margin"]


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_a_form_gives_back_the_settings_it_was_given(qtbot, tool):
    form = OptionsForm(tool, SCHEME)
    qtbot.addWidget(form)
    wanted = replace(tool, other=SCHEME.values[0]) if hasattr(tool, "other") else tool
    assert form.tool == wanted
    assert all(row.native.toolTip() for row in form.rows.values())


def test_settings_become_the_tool(qtbot):
    form = OptionsForm(SMOOTH, SCHEME)
    qtbot.addWidget(form)
    assert form.rows["size_mm"].native.text() == "2.00 mm"
    with qtbot.waitSignal(form.changed):
        form.rows["size_mm"].value = 3.5
    form.rows["filter"].value = "Median"
    assert form.tool == replace(SMOOTH, size_mm=3.5, filter=Filter.MEDIAN)
    assert isinstance(form.tool.filter, Filter)


def test_another_label_is_chosen_by_its_name(qtbot):
    form = OptionsForm(COMBINE, SCHEME)
    qtbot.addWidget(form)
    assert [str(choice) for choice in form.rows["other"].choices] == [str(value) for value in SCHEME.values]
    form.rows["other"].native.setCurrentText("tumour")
    form.rows["operation"].value = str(Operation.SUBTRACT)
    assert form.tool == replace(COMBINE, other=TUMOUR, operation=Operation.SUBTRACT)
    without = OptionsForm(COMBINE, None)
    qtbot.addWidget(without)
    assert without.tool == COMBINE


def test_a_slider_is_drawn_at_once(qtbot):
    form = ToolForm()
    qtbot.addWidget(form)
    form.show_tool(THRESHOLD, SCHEME)
    with qtbot.waitSignal(form.moved) as asked:
        form.form.rows["level"].value = 0.25
    assert asked.args[0].level == pytest.approx(0.25)
    assert "0.25" in [label.text() for label in form.form.findChildren(QLabel)]
    with qtbot.assertNotEmitted(form.moved), qtbot.waitSignal(form.changed):
        form.form.rows["touching"].value = False


def test_a_tool_waits_for_a_label_and_for_the_last_tool(qtbot):
    form = ToolForm()
    qtbot.addWidget(form)
    form.show_ready(True)
    assert not form.apply.isEnabled(), "no tool is chosen"
    form.show_tool(MARGIN, SCHEME)
    assert form.apply.isEnabled()
    form.show_busy(True)
    assert not form.apply.isEnabled()
    form.show_busy(False)
    form.form.rows["margin_mm"].value = -3.0
    with qtbot.waitSignal(form.apply_requested) as asked:
        form.apply.click()
    assert asked.args == [replace(MARGIN, margin_mm=-3.0)]
    form.show_tool(SPLIT, SCHEME)
    assert form.tool == SPLIT
    form.show_ready(False)
    assert not form.apply.isEnabled()


def test_the_panel_fits_into_a_small_dock(qtbot):
    panel = DrawingPanel()
    qtbot.addWidget(panel)
    panel.tools.show_tools(TOOLS)
    panel.labels.show_labels(SCHEME)
    panel.tool.show_tool(THRESHOLD, SCHEME)
    smallest = panel.minimumSizeHint()
    assert smallest.width() <= 400
    assert smallest.height() <= 330
    assert not panel.modes.isEnabled()
    panel.show_ready(True)
    assert all(button.isEnabled() for button in panel.modes.findChildren(QPushButton))
