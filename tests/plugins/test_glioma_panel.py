"""The panel of the task for gliomas."""

from functools import partial

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QTableWidget

from napari_medal.core.sketch import Sketch
from napari_medal.core.target import Target
from napari_medal.gui.case_figures import CaseFigures
from napari_medal.gui.task_panel import load_panel
from napari_medal_plugins.lower_grade_glioma.task import TASK

NAN = float("nan")
SKETCHES = (
    Sketch("ellipsoid", "Ellipsoid", "Around it", "#3182bd"),
    Sketch("radii", "Radii", "From the middle", "#e7298a"),
)
COHORT = tuple(
    CaseFigures(f"case_{number}", is_prediction, (0.1 * number, 0.5, 0.01, number + 0.5 * is_prediction))
    for number in range(5)
    for is_prediction in (False, True)
)


@pytest.fixture
def panel(qtbot):
    panel = load_panel(TASK.panel, Target.MASK)
    qtbot.addWidget(panel)
    panel.show_features(TASK.features)
    panel.show()
    return panel


def texts(table: QTableWidget, column: int) -> list[str]:
    return [table.item(row, column).text() for row in range(table.rowCount())]


def places(points) -> dict[tuple[str, bool], float]:
    return {(spot.data().case, spot.data().is_prediction): spot.pos().x() for spot in points.points()}


def test_figures_stand_beside_one_another_with_their_units(panel):
    panel.show_case("case_1", (0.12345, 0.5, NAN, 12.3456), None)
    assert texts(panel.table, 0)[3] == "Volume (mL)"
    assert texts(panel.table, 1) == ["0.123", "0.5", "–", "12.3"]
    assert texts(panel.table, 2) == ["–"] * 4
    panel.show_case("case_1", (0.1, 0.5, 0.1, 12.0), (0.2, 0.6, 0.2, 11.0))
    assert texts(panel.table, 2) == ["0.2", "0.6", "0.2", "11"]
    assert [panel.table.item(row, 1).toolTip() for row in range(4)] == [feature.tip for feature in TASK.features]


def test_the_case_at_hand_is_marked_among_the_others_and_their_quartiles(panel):
    panel.show_case("case_1", (0.12, 0.5, NAN, 12.0), (0.2, 0.5, 0.01, 9.0))
    panel.show_cohort(COHORT)
    volume = panel.strips[3]
    others = places(volume.others)
    assert set(others) == {(found.case, found.is_prediction) for found in COHORT if found.case != "case_1"}
    assert others["case_3", True] == 3.5
    assert places(volume.here) == {("case_1", False): 12.0, ("case_1", True): 9.0}
    assert [line.value() for line in volume.quartiles] == [1.0, 2.0, 3.0], "of the labels alone"
    rows = {spot.data().is_prediction: [] for spot in volume.others.points()}
    for spot in volume.others.points():
        rows[spot.data().is_prediction].append(spot.pos().y())
    assert min(rows[False]) > max(rows[True]), "labels lie above predictions"
    assert len({spot.symbol() for spot in volume.others.points()}) == 2
    assert places(panel.strips[2].here) == {("case_1", True): 0.01}, "what is not known is not marked"

    panel.show_case("case_2", None, None)
    assert {case for case, _ in places(volume.others)} == {"case_0", "case_1", "case_3", "case_4"}
    assert places(volume.here) == {}
    panel.show_cohort(COHORT[:6])
    assert volume.quartiles == [], "three labels have no quartiles"


def test_predictions_by_a_model_that_knew_the_label_are_hollow(panel):
    told = [CaseFigures(name, True, (0.1,) * 4, name == "known") for name in ("known", "unseen")]
    panel.show_cohort(told)
    known, unseen = panel.strips[0].others.points()
    assert known.brush().style() == Qt.BrushStyle.NoBrush
    assert unseen.brush().style() != Qt.BrushStyle.NoBrush


def test_a_click_on_a_point_opens_its_case(panel, qtbot):
    panel.show_cohort(COHORT)
    points = panel.strips[0].others
    wanted = next(spot for spot in points.points() if spot.data().case == "case_4")
    with qtbot.waitSignal(panel.open_requested) as asked:
        points.sigClicked.emit(points, [wanted], None)
    assert asked.args == ["case_4"]


def test_cases_are_gone_through_and_opened_by_keyboard(panel, qtbot):
    panel.show_case("case_1", (0.1, 0.5, 0.01, 1.2), None)
    panel.show_cohort(COHORT[::-1])
    volume = panel.strips[3]
    ringed = partial(_ringed, volume)
    panel.activateWindow()
    panel.table.setFocus()
    qtbot.waitUntil(panel.table.hasFocus)
    assert ringed() is None
    title = volume.accessibleName()
    assert title == "Volume, mL"
    for strip in panel.strips:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert strip.hasFocus(), "one stop each"
    assert ringed() == ("case_0", True), "the nearest one, which is not that of the case itself"
    assert volume.accessibleName() == "Volume, mL. case_0, prediction: 0.5"
    assert volume.label == "case_0, prediction: 0.5"

    for key, wanted in (
        *((Qt.Key.Key_Right, ("case_2", False)), (Qt.Key.Key_Up, ("case_2", True))),
        *((Qt.Key.Key_Left, ("case_2", False)), (Qt.Key.Key_Down, ("case_0", True))),
        *((Qt.Key.Key_Home, ("case_0", False)), (Qt.Key.Key_Left, ("case_0", False))),
        *((Qt.Key.Key_End, ("case_4", True)), (Qt.Key.Key_Right, ("case_4", True))),
    ):
        qtbot.keyClick(volume, key)
        assert ringed() == wanted
    panel.show_cohort(COHORT)
    assert ringed() == ("case_4", True), "it stays when the cohort is measured anew"
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        with qtbot.waitSignal(panel.open_requested) as asked:
            qtbot.keyClick(volume, key)
        assert asked.args == ["case_4"]

    panel.show_case("case_4", (0.1, 0.5, 0.01, 4.0), None)
    assert ringed() is None, "the case at hand is not one to open"
    with qtbot.assertNotEmitted(panel.open_requested):
        qtbot.keyClick(volume, Qt.Key.Key_Return)
    qtbot.keyClick(volume, Qt.Key.Key_Left)
    assert ringed() == ("case_3", True)
    qtbot.keyClick(volume, Qt.Key.Key_Backtab)
    assert panel.strips[2].hasFocus()
    assert ringed() is None
    assert (volume.accessibleName(), volume.label) == (title, title)
    qtbot.mouseClick(volume._plot.viewport(), Qt.MouseButton.LeftButton)
    assert volume.hasFocus(), "a click brings the keyboard along"


def test_keys_do_nothing_in_a_strip_without_cases(panel, qtbot):
    strip = panel.strips[0]
    panel.activateWindow()
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus)
    with qtbot.assertNotEmitted(panel.open_requested):
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Return):
            qtbot.keyClick(strip, key)
    assert _ringed(strip) is None


def test_the_strip_that_has_the_keyboard_is_framed(panel, qtbot):
    strip = panel.strips[0]
    before = strip.grab().toImage().pixelColor(0, 20)
    panel.activateWindow()
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus)
    assert strip.grab().toImage().pixelColor(0, 20) != before


def _ringed(strip):
    """Return which point is ringed, by where the ring is."""
    assert len(strip.ring.points()) <= 1
    for ring in strip.ring.points():
        (spot,) = (spot for spot in strip.others.points() if spot.pos() == ring.pos())
        return spot.data().case, spot.data().is_prediction
    return None


def test_drawings_are_chosen_with_the_mouse_and_with_digits(panel, qtbot):
    with qtbot.assertNotEmitted(panel.sketch_toggled):
        panel.show_sketches(SKETCHES, {"radii"})
    boxes = panel.sketches.boxes
    assert [box.isChecked() for box in boxes] == [False, True]
    with qtbot.waitSignal(panel.sketch_toggled) as said:
        boxes[0].click()
    assert said.args == ["ellipsoid", True]
    panel.activateWindow()
    panel.table.setFocus()
    qtbot.waitUntil(lambda: panel.table.hasFocus())
    with qtbot.waitSignal(panel.sketch_toggled) as said:
        qtbot.keyClick(panel.table, Qt.Key.Key_2)
    assert said.args == ["radii", False]
    panel.show_sketches(SKETCHES[:1], ())
    assert [box.text() for box in panel.sketches.boxes] == ["Ellipsoid"]


def test_every_control_says_what_it_does_and_the_panel_is_narrow(panel):
    panel.show_sketches(SKETCHES, ())
    panel.show_cohort(COHORT)
    for control in (*panel.sketches.boxes, panel.table, panel.legend):
        assert control.toolTip(), control
    assert all(strip._plot.toolTip() for strip in panel.strips)
    assert panel.minimumSizeHint().width() <= 400


def test_nothing_is_marked_before_anything_is_known(panel):
    assert all(len(strip.others.points()) == len(strip.here.points()) == 0 for strip in panel.strips)
    panel.show_case("case_1", (NAN,) * 4, None)
    assert all(len(strip.here.points()) == 0 for strip in panel.strips)
    assert not np.isnan(panel.strips[0].others.boundingRect().width())
