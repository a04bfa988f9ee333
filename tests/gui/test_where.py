"""Where to look, in a dock with a model's scores."""

import pytest
from qtpy.QtCore import Qt

from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.plan import Plan
from napari_medal.core.score import CaseScore
from napari_medal.gui.dock import MedalDock
from tests.gui.conftest import session_of

TASK = "segmentation"
_PLAN = Plan(None, (16, 16, 16), 2, (4, 8), ((2, 2, 2),), 2, 6, 4, 4e-3)
_PER_SLICE = (0.1, 0.9, 0.2, 0.0, 0.8, 0.1)


@pytest.fixture
def scored(dock, qtbot) -> MedalDock:
    project = session_of(dock).project
    project.models.add(NewModel(TASK, 1, "unet", _PLAN, 1.0, None, (), {}, goes_live=True, reason="the first"))
    score = CaseScore(0.5, (0.5, 0.5), _PER_SLICE, "the model doubts two slices")
    names = [case.name for case in project.cases.all()]
    project.predictions.replace(TASK, 1, [NewPrediction(name, score, "") for name in names])
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case(names[0])
    return dock


def test_a_case_opens_at_its_most_uncertain_slice_and_jumps_from_place_to_place(scored, qtbot):
    reading = scored.panels.reading
    assert scored.layers.slice_at_hand == 1
    assert reading.places.text() == "2 of 2 places worth looking at remain"

    qtbot.mouseClick(reading.jump, Qt.MouseButton.LeftButton)
    assert scored.layers.slice_at_hand == 4
    assert reading.places.text() == "1 of 2 places worth looking at remain"

    scored.where.jump()
    assert reading.places.text() == "All 2 places worth looking at were looked at"
    assert not reading.jump.isEnabled()
    assert "worth looking at · looked at" in reading.strip.describe(4)


def test_a_slice_that_stays_in_view_counts_as_looked_at_and_one_scrolled_past_does_not(scored, qtbot):
    reading = scored.panels.reading
    scored.layers.go_to_slice(2)
    scored.layers.go_to_slice(3)
    qtbot.waitUntil(lambda: "· looked at" in reading.strip.describe(3), timeout=5_000)
    assert "not looked at yet" in reading.strip.describe(2)


def test_the_strip_goes_to_a_slice_and_follows_the_viewer(scored, qtbot):
    scored.panels.reading.strip.slice_requested.emit(5)
    assert scored.layers.slice_at_hand == 5
    scored.layers.viewer.dims.set_current_step(0, 0)
    qtbot.keyClick(scored.panels.reading.strip, Qt.Key.Key_Right)
    assert scored.layers.slice_at_hand == 1


def test_what_was_looked_at_is_remembered_when_a_case_is_opened_again(scored, qtbot):
    first = scored.desk.reading.opened.case.name
    other = next(item.case.name for item in scored.desk.items if item.case.name != first)
    scored.where.jump()
    scored.layers.go_to_slice(0)
    for name in (other, first):
        with qtbot.waitSignal(scored.desk.case_opened, timeout=20_000):
            scored.desk.open_case(name)
    assert scored.panels.reading.places.text() == "1 of 2 places worth looking at remain"


def test_without_a_model_no_places_are_named(dock, qtbot):
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    assert dock.panels.reading.places.text() == ""
    assert dock.panels.reading.jump.isHidden()
    assert "Slice 1 of 6" in dock.panels.reading.strip.describe(0)


def test_slices_called_right_are_marked_on_the_strip(scored):
    scored.layers.go_to_slice(2)
    scored.review.confirm_slice()
    assert "confirmed" in scored.panels.reading.strip.describe(2)
    assert "confirmed" not in scored.panels.reading.strip.describe(3)


def test_the_crosshair_goes_to_the_voxel_of_a_place(scored):
    scored.layers.go_to_voxel((4, 5, 3))
    label = scored.layers.label
    assert tuple(round(value) for value in label.world_to_data(scored.layers.viewer.dims.point)) == (4, 5, 3)
