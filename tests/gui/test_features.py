"""A task that reads figures off its masks, in the dock."""

import numpy as np
import pytest
from napari.qt import QtViewer
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QImage
from qtpy.QtWidgets import QFileDialog

from napari_medal.catalogue.models import NewModel
from napari_medal.core.planes import Plane
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import Target
from napari_medal.errors import ExtensionError
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.sketched_masks import SketchedMasks, remember_masks, remembered_masks
from napari_medal.gui.task_panel import load_panel
from napari_medal.loop.reading_mode import set_reading_mode
from tests.gui.conftest import session_of
from tests.gui.measuring import NAME, TASK, RememberingPanel, measured_project
from tests.gui.test_dock import Heard
from tests.gui.views.conftest import settle
from tests.loop.auditing import PLAN

UNLABELLED = "case_003"
MARK, LINE = "#00ffff", "#ff00ff"
PALE_MARK, PALE_LINE = "#99ffff", "#ff99ff"


@pytest.fixture
def session(tmp_path):
    return measured_project(tmp_path)


def open_in(dock: MedalDock, qtbot, session, case: str = UNLABELLED) -> RememberingPanel:
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    open_case(dock, qtbot, case)
    panel = dock.features.panel
    assert isinstance(panel, RememberingPanel)
    return panel


def open_case(dock: MedalDock, qtbot, case: str) -> None:
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case(case)


def look(dock: MedalDock, qtbot) -> None:
    with qtbot.waitSignals([dock.features.cohort_shown, dock.features.measured], timeout=60_000):
        dock.panels.tabs.setCurrentWidget(dock.panels.feature_page)


def measured(dock: MedalDock, mask) -> tuple[float, ...]:
    opened = dock.desk.reading.opened
    return TASK.figures(mask, session_of(dock).scheme(NAME), opened.volumes[0].grid)


def test_figures_are_read_off_the_label_and_the_cohort_for_a_reader_who_looks(docks, qtbot, session):
    dock = docks()
    panel = open_in(dock, qtbot, session)
    idle: list[None] = []
    dock.worker.run(lambda: None, idle.append, idle.append)
    qtbot.waitUntil(lambda: bool(idle), timeout=10_000)
    assert panel.cases[-1] == (UNLABELLED, None, None), "nobody looks yet"
    assert not dock.features.runner.is_running
    assert panel.cohort == ()
    assert panel.features == TASK.features
    tabs = dock.panels.tabs
    assert tabs.tabText(tabs.indexOf(dock.panels.feature_page)) == "Size"

    look(dock, qtbot)
    qtbot.waitUntil(lambda: panel.cases[-1][2] is not None, timeout=10_000)
    opened = dock.desk.reading.opened
    predicted = measured(dock, opened.prediction)
    assert panel.cases[-1] == (UNLABELLED, measured(dock, dock.layers.mask()), predicted)
    labels = [figures.case for figures in panel.cohort if not figures.is_prediction]
    assert labels == ["case_000", "case_001", "case_002"]
    assert len(panel.cohort) == 7
    assert dock.panels.feature_page.job.isHidden()

    for column in (2, 3):
        dock.layers.label.paint((6, 1, column), 2)
    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        pass
    assert panel.cases[-1] == (UNLABELLED, measured(dock, dock.layers.mask()), predicted)
    assert panel.cases[-1][1] != panel.cases[-2][1]

    panel.open_requested.emit("case_001")
    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        pass
    assert panel.cases[-1][0] == "case_001"

    with qtbot.waitSignal(dock.features.cohort_shown, timeout=60_000):
        dock.panels.reading.accept.click()


def test_drawings_are_seen_in_every_plane_and_follow_the_label(docks, qtbot, session):
    dock = docks(show=True)
    panel = open_in(dock, qtbot, session)
    settle(qtbot, dock)
    layers = list(dock._viewer.layers)
    views = dock.viewing.views
    assert not any(any(_shows(view.glass, MARK, LINE)) for view in views.views)

    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        dock.features.toggle_sketches()
    assert panel.seen == {"middle", "diagonal"}
    middle = panel.sketches[0].points[0]
    views.large.center_at(tuple(middle))
    assert len(views.views) == 3
    for view in views.views:
        assert all(_shows(view.glass, MARK, LINE))
    lowest = panel.sketches[1].paths[0][0]
    views.large.center_at(tuple(lowest))
    assert _shows(views.large.view.glass, MARK, LINE) == [False, True], "the mark is in another slice"
    assert list(dock._viewer.layers) == layers
    views.set_solid(True)
    qtbot.waitUntil(lambda: views.solid is not None and views.solid.body is not None, timeout=10_000)
    qtbot.waitUntil(lambda: all(_shows(views.solid.canvas, MARK, LINE)), timeout=10_000)

    panel.sketch_toggled.emit("middle", False)
    assert panel.seen == {"diagonal"}
    drawn = views.large.view.glass.sketches[0].lines
    dock.layers.label.paint((1, 1, 1), 2)
    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        pass
    assert not np.array_equal(views.large.view.glass.sketches[0].lines, drawn)

    dock.features.toggle_sketches()
    assert views.large.view.glass.sketches == ()
    assert not any(_shows(views.solid.canvas, MARK, LINE))
    dock.features.toggle_sketches()
    assert [sketch.name for sketch in views.large.view.glass.sketches] == ["diagonal"]
    open_case(dock, qtbot, "case_000")
    assert len(views.large.view.glass.sketches[0].lines) == 0, "what is drawn of one case is not seen over the next"
    qtbot.waitUntil(lambda: len(views.large.view.glass.sketches[0].lines) == 1, timeout=10_000)


def test_drawings_stand_at_their_place_in_three_dimensions_of_the_large_view(docks, qtbot, session):
    dock = docks(show=True)
    panel = open_in(dock, qtbot, session)
    settle(qtbot, dock)
    viewer, views = dock._viewer, dock.viewing.views
    layers, steps = list(viewer.layers), viewer.dims.nsteps
    for image in dock.layers.images:
        image.visible = False
    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        dock.features.toggle_sketches()
    canvas = viewer.window._qt_viewer
    for plane in (Plane.AXIAL, Plane.SAGITTAL):
        dock.features.toggle_sketches()
        views.large.set_plane(plane)
        viewer.dims.ndisplay = 3
        red, _, blue = np.moveaxis(_pixels(canvas).astype(int), 2, 0)
        low, high = _bounds(red - blue > 40)
        assert not any(_shows(canvas, MARK, LINE))
        dock.features.toggle_sketches()
        assert all(_shows(canvas, MARK, LINE))
        from_corner, to_corner = _bounds(_near(_pixels(canvas), LINE))
        middle = _near(_pixels(canvas), MARK)
        for found in ((from_corner + to_corner) / 2, np.mean(np.nonzero(middle), axis=1)):
            np.testing.assert_allclose(found, (low + high) / 2, atol=4)
        # from the middle of the first voxel to the middle of the last one
        label = np.argwhere(dock.layers.mask())
        voxels = (np.ptp(label, axis=0) + 1)[list(viewer.dims.displayed[-2:])]
        np.testing.assert_allclose((to_corner - from_corner) / (high - low), 1 - 1 / voxels, atol=0.05)
        viewer.dims.ndisplay = 2
        assert views.large.view.body.box_mm is not None
        assert not any(_shows(canvas, MARK, LINE)), "the glass has them now"

    viewer.dims.ndisplay = 3
    dock.panels.feature_page.chooser.masks_chosen.emit(SketchedMasks.PREDICTION)
    qtbot.waitUntil(lambda: panel.cases[-1][2] is not None, timeout=10_000)
    assert _shows(canvas, MARK, LINE, PALE_MARK, PALE_LINE) == [False, False, True, True]
    assert (list(viewer.layers), viewer.dims.nsteps) == (layers, steps)
    viewer.canvas.grid.enabled = True
    assert not any(_shows(canvas, PALE_MARK, PALE_LINE))
    viewer.canvas.grid.enabled = False
    assert any(_shows(canvas, PALE_MARK, PALE_LINE))
    dock.layers.label.data = np.zeros_like(dock.layers.label.data)
    views.set_solid(True)
    solid = views.solid
    qtbot.waitUntil(lambda: all(_shows(solid.canvas, PALE_MARK, PALE_LINE)), timeout=10_000)
    assert solid.body is None, "a prediction is drawn where the label is empty"
    low, high = _bounds(_near(_pixels(solid.canvas), PALE_LINE))
    size = np.array([solid.height(), solid.width()])
    np.testing.assert_allclose((low + high) / 2, size / 2, atol=10)
    assert ((high - low) / size).max() > 0.6, "it fills the pane"
    for value in (1, 0):
        dock.layers.label.data = np.full_like(dock.layers.label.data, value)
        qtbot.waitUntil(lambda wanted=bool(value): (solid.body is not None) == wanted, timeout=10_000)
        assert all(_shows(solid.canvas, PALE_MARK, PALE_LINE))
    dock.close_down()
    assert not any(_shows(canvas, PALE_MARK, PALE_LINE)), "napari has its canvas back"


def test_drawings_are_of_the_label_of_the_prediction_or_of_both(docks, qtbot, session):
    dock = docks(show=True)
    panel = open_in(dock, qtbot, session)
    settle(qtbot, dock)
    glass = dock.viewing.views.large.view.glass
    opened = dock.desk.reading.opened
    look(dock, qtbot)
    qtbot.waitUntil(lambda: panel.cases[-1][2] is not None, timeout=10_000)
    dock.features.toggle_sketches()
    buttons = dock.panels.feature_page.chooser.buttons
    assert buttons[SketchedMasks.LABEL].isChecked()
    assert all(button.isEnabled() and button.toolTip() for button in buttons.values())
    dock.layers.label.paint((1, 1, 1), 2)  # else label and prediction are the same
    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        pass
    of_label, of_prediction = (
        TASK.sketches(mask, session_of(dock).scheme(NAME), opened.volumes[0].grid)
        for mask in (dock.layers.mask(), opened.prediction)
    )
    dock.viewing.views.large.center_at(tuple(of_prediction[0].points[0]))
    for image in dock.layers.images:
        image.visible = False
    assert [sketch.is_prediction for sketch in glass.sketches] == [False, False]
    assert _shows(glass, LINE, PALE_MARK, PALE_LINE) == [True, False, False]

    buttons[SketchedMasks.PREDICTION].click()
    marks, lines = glass.sketches
    np.testing.assert_array_equal(marks.points, of_prediction[0].points)
    np.testing.assert_allclose(lines.lines[0, 0], of_prediction[1].paths[0][0])
    assert len(lines.lines) > 4, "dashes"
    assert _shows(glass, MARK, LINE, PALE_MARK, PALE_LINE) == [False, False, True, True]
    buttons[SketchedMasks.BOTH].click()
    assert [sketch.name for sketch in glass.sketches] == ["middle", "diagonal"] * 2
    np.testing.assert_array_equal(glass.sketches[0].points, of_label[0].points)
    assert _shows(glass, LINE, PALE_MARK, PALE_LINE) == [True, True, True]
    panel.sketch_toggled.emit("middle", False)
    assert [(sketch.name, sketch.is_prediction) for sketch in glass.sketches] == [
        ("diagonal", False),
        ("diagonal", True),
    ]
    buttons[SketchedMasks.PREDICTION].click()
    assert remembered_masks() is SketchedMasks.PREDICTION
    dock.desk.task_changed.emit(NAME)
    dock.features.toggle_sketches()
    assert dock.panels.feature_page.chooser.buttons[SketchedMasks.LABEL].isChecked(), "no case is open"
    open_case(dock, qtbot, "case_001")
    qtbot.waitUntil(lambda: any(len(sketch.lines) for sketch in glass.sketches), timeout=10_000)
    assert dock.panels.feature_page.chooser.buttons[SketchedMasks.PREDICTION].isChecked(), "it is remembered"
    assert {sketch.is_prediction for sketch in glass.sketches} == {True}


@pytest.mark.parametrize("mode", [ReadingMode.SECOND_READ, ReadingMode.TRIAGE])
def test_a_hidden_prediction_is_never_drawn(docks, qtbot, session, mode):
    remember_masks(SketchedMasks.BOTH)
    dock = docks()
    dock.panels.reading.reader.setText("somebody new")
    drawn = []
    dock.features.sketches_changed.connect(drawn.append)
    open_in(dock, qtbot, session)
    look(dock, qtbot)
    buttons = dock.panels.feature_page.chooser.buttons
    dock.features.toggle_sketches()
    qtbot.waitUntil(lambda: any(sketch.is_prediction for sketch in drawn[-1]), timeout=10_000)
    assert buttons[SketchedMasks.BOTH].isChecked()

    set_reading_mode(session, NAME, mode)
    drawn.clear()
    open_case(dock, qtbot, "case_002")
    with qtbot.waitSignal(dock.features.measured, timeout=10_000):
        pass
    idle: list[None] = []
    dock.worker.run(lambda: None, idle.append, idle.append)
    qtbot.waitUntil(lambda: bool(idle), timeout=10_000)
    assert drawn
    assert not any(sketch.is_prediction for sketches in drawn for sketch in sketches)
    assert drawn[-1]
    assert buttons[SketchedMasks.LABEL].isChecked()
    for masks in (SketchedMasks.PREDICTION, SketchedMasks.BOTH):
        assert not buttons[masks].isEnabled()
        assert buttons[masks].toolTip() == dock.desk.reading.opened.why_hidden != ""
    assert remembered_masks() is SketchedMasks.BOTH

    set_reading_mode(session, NAME, ReadingMode.CONCURRENT)
    open_case(dock, qtbot, UNLABELLED)
    qtbot.waitUntil(lambda: any(sketch.is_prediction for sketch in drawn[-1]), timeout=10_000)
    open_case(dock, qtbot, "case_001")
    assert not any(len(sketch.lines) for sketch in drawn[-1]), "nor is that of the case before"
    session.project.models.add(NewModel(NAME, 2, "unet", PLAN, 1.0, None, (), {}, True, ""))
    open_case(dock, qtbot, "case_002")
    assert not any(sketch.is_prediction for sketch in drawn[-1])
    assert "not seen this case" in buttons[SketchedMasks.PREDICTION].toolTip()


def test_figures_are_compared_with_a_table_in_a_window(docks, qtbot, session, tmp_path, monkeypatch):
    table = tmp_path / "subtypes.csv"
    table.write_text("subject,subtype\n" + "".join(f"case_00{number},{'ab'[number % 2]}\n" for number in range(4)))
    dock = docks()
    open_in(dock, qtbot, session)
    page = dock.panels.feature_page
    assert page.compare.toolTip()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    with qtbot.waitSignal(dock.association.runner.finished, timeout=60_000):
        page.compare.click()
    dialog = dock.association.dialog
    shown = dialog.table
    rows = [[shown.item(row, column).text() for column in range(4)] for row in range(shown.rowCount())]
    assert rows[:2] == [["label", "Volume", "subtype", "3"], ["label", "Height", "subtype", "3"]]
    assert [row[0] for row in rows] == ["label"] * 2 + ["prediction"] * 2
    assert "a: " in shown.item(0, 0).toolTip()
    assert "3 subjects of the table have a label" in dialog.sentences.text()
    assert dialog.picture.pixmap().width() > 100
    assert dialog.job.isHidden()

    dialog.folder.show_folder(tmp_path / "found")
    with qtbot.waitSignal(dock.association.runner.finished, timeout=60_000):
        dialog.save.click()
    assert (tmp_path / "found" / "association.csv").exists()
    assert str(tmp_path / "found") in dialog.outcome.text()
    with qtbot.waitSignal(dock.association.runner.failed, timeout=60_000):
        dialog.save.click()
    assert "holds" in dialog.outcome.text() or "empty" in dialog.outcome.text()

    table.write_text("subject,subtype\n")
    with qtbot.waitSignal(dock.association.runner.failed, timeout=60_000):
        dock.association.compare(table)
    assert "subtypes.csv" in dock.association.dialog.outcome.text()
    assert not dock.association.dialog.save.isEnabled()
    dock.desk.task_changed.emit(NAME)
    assert dock.association.dialog is None


def test_every_tab_of_a_narrow_dock_is_reached_by_keyboard(docks, qtbot, session):
    dock = docks(show=True)
    open_in(dock, qtbot, session)
    tabs = dock.panels.tabs
    tabs.setCurrentIndex(0)
    tabs.setParent(None)
    tabs.resize(dock.minimumWidth(), 400)
    qtbot.addWidget(tabs)
    tabs.show()
    bar = tabs.tabBar()
    assert bar.minimumSizeHint().width() < dock.minimumWidth() < bar.sizeHint().width()
    tabs.activateWindow()
    bar.setFocus()
    qtbot.waitUntil(bar.hasFocus)
    titles = [tabs.tabText(0)]
    while tabs.currentIndex() < tabs.count() - 1:
        qtbot.keyClick(bar, Qt.Key.Key_Right)
        titles.append(tabs.tabText(tabs.currentIndex()))
        assert bar.rect().contains(bar.tabRect(tabs.currentIndex())), titles[-1]
    assert titles == ["Cases", "Draw", "Size", "View", "Review", "History", "Training", "Export"]


def test_a_second_read_sees_no_figures_of_what_it_must_not_see(docks, qtbot, session):
    set_reading_mode(session, NAME, ReadingMode.SECOND_READ)
    dock = docks()
    dock.panels.reading.reader.setText("somebody new")
    panel = open_in(dock, qtbot, session)
    look(dock, qtbot)
    assert panel.cohort == ()
    (volume, _), predicted = panel.cases[-1][1:]
    assert (volume, predicted) == (measured(dock, dock.layers.mask())[0], None)


def test_a_panel_needs_a_task_that_measures(docks, qtbot, tmp_path):
    session = measured_project(tmp_path, "MUTE")
    dock = docks()
    with Heard() as said, qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    assert any("reads no figures off its masks" in text for text in said)
    assert dock.panels.feature_page is None
    dock.features.toggle_sketches()
    with pytest.raises(ExtensionError, match="lacks sketch_toggled, open_requested"):
        load_panel("napari_medal_plugins.classification.panel:ClassPanel", Target.MASK)


def test_the_heat_map_is_that_of_the_label_in_hand(docks, qtbot, session):
    dock = docks(show=True)
    open_in(dock, qtbot, session)
    settle(qtbot, dock)
    box = dock.panels.reading.probability
    assert box.isEnabled()
    assert dock.layers.probability.layer is None
    active = dock._viewer.layers.selection.active
    with qtbot.waitSignal(dock.probability.shown, timeout=10_000):
        dock.probability.toggle()
    layer = dock.layers.probability.layer
    assert [found.name for found in dock.layers.own] == [UNLABELLED, "probability", "prediction", "label"]
    assert dock._viewer.layers.selection.active is active
    assert np.unique(layer.data).tolist() == [0, 70]
    for label, percent in ((2, 10), (0, 80)):
        with qtbot.waitSignal(dock.probability.shown, timeout=10_000):
            dock.layers.label.selected_label = label
        assert np.unique(layer.data).tolist() == [0, percent]
    panes = dock.viewing.views.small.shown
    qtbot.waitUntil(lambda: all("probability" in pane.model.layers for pane in panes), timeout=10_000)

    with qtbot.waitSignal(dock.probability.shown, timeout=10_000):
        dock.desk.open_case("case_001")
    assert layer.data.shape == dock.layers.label.data.shape
    dock.probability.toggle()
    assert not layer.visible
    set_reading_mode(session, NAME, ReadingMode.TRIAGE)
    open_case(dock, qtbot, "case_002")
    assert not box.isEnabled()
    dock.probability.toggle()
    assert not layer.visible


def test_the_prediction_is_paler_than_the_label(docks, qtbot, session):
    dock = docks()
    open_in(dock, qtbot, session)
    label, predicted = (dock._viewer.layers[name].colormap.map(1) for name in ("label", "prediction"))
    np.testing.assert_allclose(predicted[:3], label[:3] + 0.6 * (1 - label[:3]), atol=0.01)


def _pixels(widget):
    """Return what a widget shows, (height, width, 3); of napari's canvases what they have drawn."""
    image = widget.canvas.screenshot() if isinstance(widget, QtViewer) else widget.grab().toImage()
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    bits = image.constBits()
    rows = np.frombuffer(bits, np.uint8).reshape(image.height(), image.bytesPerLine())[:, : 3 * image.width()]
    return rows.reshape(image.height(), image.width(), 3).copy()


def _near(pixels, color: str):
    """Tell which pixels have a colour, or nearly so: the edges of lines are soft. Pale ones are close to white."""
    within = 50 if color in (PALE_MARK, PALE_LINE) else 80
    return np.abs(pixels.astype(int) - QColor(color).getRgb()[:3]).max(axis=2) < within


def _shows(widget, *colors: str) -> list[bool]:
    """Tell for each colour whether a widget shows it."""
    pixels = _pixels(widget)
    return [bool(_near(pixels, color).any()) for color in colors]


def _bounds(pixels):
    """Return the first and the last (row, column) of some pixels."""
    places = np.argwhere(pixels)
    return places.min(axis=0), places.max(axis=0)
