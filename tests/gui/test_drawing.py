"""Drawing and correcting a real case in the whole dock."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from napari.utils.interactions import mouse_move_callbacks, mouse_press_callbacks, mouse_release_callbacks
from qtpy.QtCore import Qt

from napari_medal import registry
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.edit.margin import TOOL as MARGIN
from napari_medal.edit.restore import TOOL as RESTORE
from napari_medal.edit.threshold import TOOL as THRESHOLD
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.draw_mode import DrawMode
from tests.entries import declared_extensions
from tests.gui.test_dock import Heard
from tests.small import REPO_ROOT

SHAPE = (6, 10, 9)
SPACING_MM = (2.0, 1.0, 1.0)


@pytest.fixture(autouse=True)
def _declared(monkeypatch):
    points = declared_extensions(REPO_ROOT)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point for point in points if point.group == group])


@pytest.fixture
def opened(dock, qtbot) -> MedalDock:
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    qtbot.waitUntil(lambda: bool(dock.panels.drawing.tools.buttons), timeout=10_000)
    return dock


def draw_block(dock: MedalDock, value: int = 1) -> np.ndarray:
    """Draw a block in two slices and a speck, as three steps; return the mask."""
    label = dock.layers.label
    for corner, size in (((1, 3, 3), 4), ((4, 3, 3), 4), ((1, 9, 0), 1)):
        z, y, x = corner
        part = np.zeros(SHAPE, bool)
        part[z, y : y + size, x : x + size] = True
        voxels = np.flatnonzero(part)
        label.draw(Stroke(voxels, label.data.reshape(-1)[voxels].copy(), np.full(len(voxels), value, np.uint8)))
    return label.data.copy()


def apply(dock: MedalDock, qtbot, name: str) -> None:
    with qtbot.waitSignal(dock.drawing.tools.busy_changed, check_params_cb=lambda busy: not busy, timeout=10_000):
        dock.panels.drawing.tools.buttons[name].click()
        dock.panels.drawing.tool.apply.click()


def test_tools_correct_a_case_and_each_is_one_step(opened, qtbot):
    masks = [draw_block(opened)]
    for name in ("fill-between", "keep-largest", "margin", "smooth"):
        apply(opened, qtbot, name)
        masks.append(opened.layers.label.data.copy())
        assert "voxels changed" in opened.panels.drawing.tool.outcome.text()
    assert masks[1][2:4, 3:7, 3:7].all()
    assert masks[1][1, 9, 0]
    assert not masks[2][1, 9, 0]
    assert np.count_nonzero(masks[3]) > np.count_nonzero(masks[2])
    assert opened.desk.reading.changes == 7
    for mask in reversed(masks):
        assert np.array_equal(opened.layers.label.data, mask)
        opened.panels.drawing.brush.undo.click()
    opened.panels.drawing.brush.redo.click()
    assert np.array_equal(opened.layers.label.data, masks[0])


def test_settings_are_kept_and_what_came_of_a_tool_is_said(opened, qtbot):
    apply(opened, qtbot, "keep-largest")
    assert opened.panels.drawing.tool.outcome.text() == "Nothing to do: the label stays as it is."
    assert opened.layers.label.undo_steps == 0

    with Heard() as said, qtbot.waitSignal(opened.drawing.failed, timeout=10_000):
        opened.drawing.tools.apply(RESTORE)
    assert any("no prediction of this case yet" in text for text in said)
    assert opened.panels.drawing.tool.apply.isEnabled()

    draw_block(opened)
    apply(opened, qtbot, "margin")
    opened.panels.drawing.tool.form.rows["margin_mm"].value = 1.0
    opened.panels.drawing.tools.buttons["smooth"].click()
    opened.panels.drawing.tools.buttons["margin"].click()
    assert opened.panels.drawing.tool.tool == replace(MARGIN, margin_mm=1.0)


def test_the_view_at_hand_is_what_tools_work_on(opened, qtbot):
    draw_block(opened)
    opened.layers.viewer.dims.order = (2, 0, 1)
    opened.layers.viewer.dims.set_point(2, 5.0)
    apply(opened, qtbot, "fill-between")
    assert not opened.layers.label.data[2:4].any(), "along x no slice of the block is missing"
    apply(opened, qtbot, "copy-after")
    assert np.array_equal(opened.layers.label.data[..., 5], opened.layers.label.data[..., 6])


@dataclass(frozen=True)
class Endless:
    """Works until it is cancelled."""

    name: str = "endless"
    title: str = "Endless"
    tip: str = "Never ends"
    group: str = "Test"

    def apply(self, drawing, progress: Progress) -> Stroke:
        while True:
            progress.step(1, 2, "Still at it")


def test_a_long_tool_shows_how_far_it_is_and_is_cancelled(opened, qtbot):
    before = draw_block(opened)
    opened.drawing.tools._late.setInterval(10)
    form, label = opened.panels.drawing.tool, opened.layers.label
    opened.drawing.tools.apply(Endless())
    qtbot.waitUntil(lambda: form.job.isVisibleTo(form) and "Still at it" in form.job.text.text(), timeout=5_000)

    acts = (lambda: label.paint((2, 5, 5), 1), lambda: label.fill((2, 5, 5), 1), label.undo)
    for act in acts:
        act()
        assert np.array_equal(label.data, before), "nothing is drawn meanwhile"
    assert not form.apply.isEnabled()
    form.job.cancel.click()
    qtbot.waitUntil(form.apply.isEnabled, timeout=5_000)

    assert "Cancelled" in form.outcome.text()
    assert not form.job.isVisibleTo(form)
    assert np.array_equal(label.data, before)
    label.undo()
    assert not np.array_equal(label.data, before)


def test_another_case_ends_a_tool_at_work_and_is_not_touched(opened, qtbot):
    opened.drawing.tools.apply(Endless())
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_next()
    before = opened.layers.label.data.copy()
    qtbot.waitUntil(lambda: not opened.drawing.tools.runner.is_running, timeout=5_000)
    assert np.array_equal(opened.layers.label.data, before)
    opened.layers.label.paint((2, 5, 5), 1)
    assert not np.array_equal(opened.layers.label.data, before)


def test_a_slider_redraws_in_one_step(opened, qtbot):
    before = draw_block(opened)
    chances = np.zeros((3, *SHAPE), np.float32)
    chances[1] = np.linspace(1.0, 0.0, SHAPE[2])
    chances[0] = 1.0 - chances[1]
    tools = opened.drawing.tools
    tools.show_case(replace(opened.desk.reading.opened, probabilities=chances), opened.drawing._scheme)
    opened.panels.drawing.tools.buttons["threshold"].click()
    steps = opened.layers.label.undo_steps
    for level in (0.6, 0.2, 0.4):
        opened.panels.drawing.tool.form.rows["level"].value = level
    qtbot.waitUntil(lambda: not tools.runner.is_running, timeout=5_000)

    assert np.array_equal(opened.layers.label.data == 1, chances[1] >= 0.4)
    assert opened.layers.label.undo_steps == steps + 1
    opened.layers.label.undo()
    assert np.array_equal(opened.layers.label.data, before)

    tools.preview(replace(THRESHOLD, level=0.6))
    qtbot.waitUntil(lambda: not tools.runner.is_running, timeout=5_000)
    opened.layers.label.paint((0, 0, 8), 1)
    tools.preview(replace(THRESHOLD, level=0.6, reach_mm=0.0))
    qtbot.waitUntil(lambda: not tools.runner.is_running, timeout=5_000)
    assert opened.layers.label.undo_steps == steps + 3, "what was drawn in between is a step of its own"


def test_other_labels_are_protected_from_tools_and_brush(opened, qtbot):
    label = opened.layers.label
    draw_block(opened, 2)
    panel = opened.panels.drawing
    panel.limits.protect.click()
    assert label.permit.protected == {2}
    label.paint((1, 4, 4), 1)
    assert label.data[1, 4, 4] == 2
    panel.labels.label_requested.emit(2)
    assert label.permit.protected == {1}
    label.paint((1, 4, 4), 0)
    assert label.data[1, 4, 4] == 0


def test_drawing_is_limited_to_the_intensities_under_the_label(opened, qtbot):
    image = opened.desk.reading.opened.volumes[0].array
    bright = image > 200
    label = opened.layers.label
    voxels = np.flatnonzero(bright)[:20]
    label.draw(Stroke(voxels, np.zeros(20, np.uint8), np.ones(20, np.uint8)))
    opened.panels.drawing.limits.take.click()
    qtbot.waitUntil(lambda: label.permit.window is not None, timeout=5_000)
    assert 200 < label.permit.window[0] < label.permit.window[1] < image.max() + 1
    with qtbot.waitSignal(opened.drawing.tools.busy_changed, check_params_cb=lambda busy: not busy, timeout=5_000):
        opened.drawing.tools.apply(replace(MARGIN, margin_mm=30.0))
    assert np.count_nonzero(label.data) > 20
    assert bright[label.data > 0].all()


def test_modes_and_brush_follow_the_panel_and_napari(opened):
    label, modes = opened.layers.label, opened.panels.drawing.modes
    assert modes.buttons[DrawMode.BRUSH].isChecked()
    modes.buttons[DrawMode.ERASER].click()
    assert label.mode == "erase"
    label.mode = "fill"
    assert modes.buttons[DrawMode.FILL].isChecked()
    modes.buttons[DrawMode.LASSO].click()
    assert (label.mode, label.mouse_pan) == ("pan_zoom", False)
    assert modes.buttons[DrawMode.LASSO].isChecked()
    modes.buttons[DrawMode.MOVE].click()
    assert label.mouse_pan
    modes.buttons[DrawMode.LASSO].click()
    label.mode = "paint"
    assert modes.buttons[DrawMode.BRUSH].isChecked()
    assert not opened.drawing._lasso.is_on

    brush = opened.panels.drawing.brush
    brush.diameter.setValue(5.0)
    assert label.brush_size == 5
    opened.layers.viewer.dims.order = (1, 0, 2)
    assert brush.diameter.value() == pytest.approx(5.0)
    brush.ball.click()
    assert (label.n_edit_dimensions, label.brush_size) == (3, 5)
    label.paint((2, 5, 4), 1)
    assert np.flatnonzero(label.data.any(axis=(1, 2))).tolist() == [1, 2, 3]
    label.brush_size = 9
    assert brush.diameter.value() == pytest.approx(9.0)


class Drag:
    """One event after the other, as napari's canvas hands them to a layer."""

    def __init__(self, layer, *modifiers: str) -> None:
        self.layer = layer
        self.button = 1
        self.modifiers = modifiers
        self.dims_displayed = [1, 2]
        self.view_direction = None
        self.up_direction = None
        self.handled = False
        self.type = "mouse_press"
        self.position = (0.0, 0.0, 0.0)
        self.pos = (0, 0)
        self.is_dragging = False

    def along(self, *points: tuple[float, float, float]) -> None:
        self.position = points[0]
        mouse_press_callbacks(self.layer, self)
        self.type, self.is_dragging = "mouse_move", True
        for point in points[1:]:
            self.position = point
            mouse_move_callbacks(self.layer, self)
        self.type = "mouse_release"
        mouse_release_callbacks(self.layer, self)


def test_a_lasso_draws_and_erases_in_the_slice_that_is_seen(opened):
    label = opened.layers.label
    opened.panels.drawing.modes.buttons[DrawMode.LASSO].click()
    opened.layers.viewer.dims.set_point(0, 3 * SPACING_MM[0])
    line = [(6.0, 2.6, 2.6), (6.0, 2.6, 6.4), (6.0, 7.4, 6.4), (6.0, 7.4, 2.6)]
    Drag(label).along(*line)
    wanted = np.zeros(SHAPE, np.uint8)
    wanted[3, 3:8, 3:7] = 1
    assert np.array_equal(label.data, wanted)
    assert label.undo_steps == 1
    Drag(label, "Shift").along(*line[:3])
    assert 0 < np.count_nonzero(label.data) < np.count_nonzero(wanted)
    label.undo()
    label.undo()
    assert not label.data.any()
    opened.panels.drawing.modes.buttons[DrawMode.BRUSH].click()
    assert label.mode == "paint"


def test_keys_of_tools_work_in_the_canvas(opened, qtbot):
    draw_block(opened)
    canvas = opened._viewer.window._qt_viewer.canvas.native
    canvas.setFocus()
    with qtbot.waitSignal(opened.drawing.tools.busy_changed, check_params_cb=lambda busy: not busy, timeout=10_000):
        qtbot.keyClick(canvas, Qt.Key.Key_I)
    assert opened.layers.label.data[2:4, 3:7, 3:7].all()
    opened.layers.viewer.dims.set_point(0, 5 * SPACING_MM[0])
    with qtbot.waitSignal(opened.drawing.tools.busy_changed, check_params_cb=lambda busy: not busy, timeout=10_000):
        qtbot.keyClick(canvas, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(opened.layers.label.data[5], opened.layers.label.data[4])
    qtbot.keyClick(canvas, Qt.Key.Key_G)
    assert opened.drawing._lasso.is_on
    qtbot.keyClick(canvas, Qt.Key.Key_G)
    assert opened.layers.label.mode == "paint"


def test_the_next_case_has_the_same_brush_limits_and_no_steps(opened, qtbot):
    panel = opened.panels.drawing
    draw_block(opened)
    panel.brush.diameter.setValue(3.0)
    panel.limits.show_range(10.0, 20.0)
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_next()
    assert panel.brush.diameter.value() == pytest.approx(3.0)
    assert opened.layers.label.permit.window == (10.0, 20.0)
    assert not panel.brush.undo.isEnabled()


def test_the_uppermost_tool_is_offered_first(opened):
    panel = opened.panels.drawing.tools
    assert next(button for button in panel.buttons.values()).isChecked()
