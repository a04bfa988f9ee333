"""The views of a case in a real window: what moves, what stays, what is closed."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from napari.qt import QtViewer
from qtpy.QtCore import Qt

from napari_medal.core.planes import Convention, Plane
from napari_medal.core.progress import Silent
from napari_medal.core.window import CT_PRESETS
from napari_medal.gui.views.hand import Tool
from napari_medal.gui.views.small import Small
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import new_project
from napari_medal.loop.session import installed_extensions
from tests.gui.conftest import SEGMENTATION
from tests.gui.views.conftest import settle
from tests.gui.views.mouse import drag, send

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def sequences(tmp_path: Path) -> Path:
    """A project of two exams with two sequences each, of different shapes."""
    (tmp_path / "images").mkdir()
    rng = np.random.default_rng(0)
    for case, shape in enumerate(((40, 36, 12), (28, 30, 20))):
        for channel in range(2):
            image = rng.normal(100, 20, shape).astype(np.float32)
            affine = np.diag([-1.0, -1.0, 3.0, 1.0])
            nib.save(nib.Nifti1Image(image, affine), tmp_path / "images" / f"exam_{case}_000{channel}.nii.gz")
    session = new_project(tmp_path / "project", "Trial", (SEGMENTATION,), installed_extensions())
    add_cases(session, Source(tmp_path / "images"), Silent())
    session.close()
    return tmp_path / "project"


def _middle(view) -> tuple[float, float]:
    return view.native.width() / 2, view.native.height() / 2


def _is_at(views, wanted) -> bool:
    """Tell whether the crosshair is in the voxel at a place; napari goes from slice to slice."""
    return all(
        abs(here - there) <= side / 2 + 1e-3
        for here, there, side in zip(views.large.point, wanted, (3.0, 1.0, 1.0), strict=True)
    )


def test_the_mouse_moves_the_crosshair_sets_the_window_and_measures_without_painting(shown, qtbot, sequences):
    dock = shown(sequences, "exam_0")
    views, label, image = dock.viewing.views, dock.layers.label, dock.layers.images[0]
    camera = dock._viewer.scene.camera
    center = camera.center
    large = views.large.view
    x, y = _middle(large)

    wanted = large.world(x + 20, y - 10)
    drag(large.native, (x, y), (x + 20, y - 10), modifiers=CONTROL)
    qtbot.waitUntil(lambda: _is_at(views, wanted))
    coronal, sagittal = views.small.shown
    assert coronal.model.dims.point[1] == pytest.approx(views.large.point[1])
    assert sagittal.model.dims.point[2] == pytest.approx(views.large.point[2])
    before = views.large.point
    drag(coronal.view.native, (90, 60), modifiers=CONTROL)
    assert _is_at(views, coronal.view.world(90, 60))
    assert views.large.point != before

    low, high = image.contrast_limits
    qtbot.keyPress(large.native, Qt.Key.Key_W)
    drag(large.native, (x, y), (x + 50, y))
    qtbot.keyRelease(large.native, Qt.Key.Key_W)
    assert image.contrast_limits[1] - image.contrast_limits[0] == pytest.approx(1.2 * (high - low))
    twin = coronal.mirror.twins[0].layer
    assert list(twin.contrast_limits) == list(image.contrast_limits)
    assert dock.panels.viewing.window_bar.width_field.value() == pytest.approx(1.2 * (high - low), abs=1)

    views.hand.choose(Tool.MEASURE)
    drag(large.native, (x, y), (x + 3, y), (x + 60, y))
    views.hand.choose(None)
    assert views.rulers[0].length_mm == pytest.approx(60 / camera.zoom)
    assert not label.data.any()
    assert camera.center == pytest.approx(center)

    drag(large.native, (x, y))
    assert label.data.any(), "without a tool in hand the brush paints again"
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case("exam_1")
    assert views.rulers == ()


def test_the_key_under_the_pointer_centres_and_follows_while_held(shown, qtbot, sequences):
    dock = shown(sequences, "exam_0")
    views = dock.viewing.views
    pane = views.small.shown[0].view
    send(pane.native, _move(), (40, 50), held=False)
    views.hand.hold(Tool.CROSSHAIR)
    send(pane.native, _move(), (80, 70), held=False)
    wanted = pane.world(80, 70)
    qtbot.waitUntil(lambda: _is_at(views, wanted))
    glass = views.large.view.glass
    qtbot.waitUntil(lambda: glass.text.endswith(tuple("0123456789")) and " mm  ·  " in glass.text)
    views.hand.let_go()
    send(pane.native, _move(), (20, 20), held=False)
    qtbot.wait(40)
    assert _is_at(views, wanted)


def _move():
    from qtpy.QtCore import QEvent

    return QEvent.Type.MouseMove


def test_panes_follow_the_case_its_planes_its_sequences_and_the_side_it_is_seen_from(shown, qtbot, sequences):
    dock = shown(sequences, "exam_0")
    views, panel = dock.viewing.views, dock.panels.viewing
    made = [twin.layer for twin in views.small.shown[0].mirror.twins]
    assert [layer.name for layer in made] == [layer.name for layer in dock.layers.own]

    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case("exam_1")
    settle(qtbot, dock)
    assert [twin.layer for twin in views.small.shown[0].mirror.twins] == made, "filled anew, not made anew"
    assert made[-1].data is dock.layers.label.data
    made[-1].paint((3, 4, 5), 2)
    assert dock.layers.label.data[3, 4, 5] == 2
    assert made[-1].undo_steps == dock.layers.label.undo_steps == 1
    dock.layers.label.visible = False
    assert not made[-1].visible
    dock.layers.label.visible = True
    assert (made[-1].mode, made[-1].visible) == ("paint", True)
    dock.layers.label.mode = "erase"
    assert made[-1].mode == "erase"
    dock.layers.label.mode = "paint"

    panel.planes.chosen.emit(Plane.CORONAL)
    assert dock._viewer.dims.order == (1, 0, 2)
    assert [pane.plane for pane in views.small.shown] == [Plane.SAGITTAL, Plane.AXIAL]
    views.small.shown[1].larger.click()
    assert views.large.plane is Plane.AXIAL
    dock._viewer.dims.order = (2, 0, 1)
    assert views.large.plane is Plane.SAGITTAL, "napari's own buttons are heard"
    views.large.set_plane(Plane.AXIAL)

    panel.convention.chosen.emit(Convention.NEUROLOGICAL)
    assert views.large.view.glass.edges.right == "R"
    assert all(pane.glass.edges.right in "RP" for pane in views.small.shown)
    panel.convention.chosen.emit(Convention.RADIOLOGICAL)

    dock.viewing.toggle_small()
    assert views.small.shows is Small.SEQUENCES
    (pane,) = views.small.shown
    first, second = (twin.layer for twin in pane.mirror.twins[:2])
    assert (first.visible, second.visible) == (False, True)
    assert pane.model.dims.order == dock._viewer.dims.order
    dock._viewer.scene.camera.zoom = 7.0
    dock._viewer.dims.set_current_step(0, 4)
    assert pane.model.scene.camera.zoom == pytest.approx(7.0)
    assert pane.model.dims.current_step[0] == 4
    pane.model.dims.set_current_step(0, 6)
    assert dock._viewer.dims.current_step[0] == 6
    pane.larger.click()
    qtbot.waitUntil(lambda: not second.visible and first.visible)


def test_a_preset_holds_for_the_next_case_until_another_window_is_set(shown, qtbot, sequences):
    dock = shown(sequences, "exam_0")
    bar, image = dock.panels.viewing.window_bar, dock.layers.images[0]
    bar.preset_requested.emit(CT_PRESETS[2])
    assert list(image.contrast_limits) == [0.0, 80.0]
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case("exam_1")
    assert list(image.contrast_limits) == [0.0, 80.0]
    assert (bar.level.value(), bar.width_field.value()) == (40.0, 80.0)
    bar.percentiles_requested.emit(5.0, 95.0)
    qtbot.waitUntil(lambda: image.contrast_limits[0] > 20, timeout=10_000)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case("exam_0")
    assert list(image.contrast_limits) != [0.0, 80.0]


def test_the_label_as_a_body_and_its_volume_are_made_anew_when_the_hand_rests(shown, qtbot, sequences):
    dock = shown(sequences, "exam_0")
    views, label = dock.viewing.views, dock.layers.label
    dock.panels.tabs.setCurrentWidget(dock.panels.viewing)
    dock.panels.viewing.solid.setChecked(True)
    label.brush_size = 3
    label.paint((4, 10, 12), 1)
    qtbot.waitUntil(lambda: views.solid.body is not None, timeout=10_000)
    body = views.solid.body
    np.testing.assert_allclose(body.translate, (3 * 3.0, 8, 10))
    assert np.count_nonzero(body.data) == np.count_nonzero(label.data)
    qtbot.waitUntil(lambda: "voxels" in dock.panels.viewing.volumes.text(), timeout=10_000)
    voxels = np.count_nonzero(label.data)
    assert f"{voxels:,} voxels" in dock.panels.viewing.volumes.text()
    assert f"{3 * voxels:,} mm³" in dock.panels.viewing.volumes.text()

    dock.panels.viewing.views.setChecked(False)
    assert views.solid.body is None
    assert not any(pane.model.layers for pane in views.small.panes)
    label.paint((5, 10, 12), 1)
    qtbot.wait(20)
    assert views.solid.body is None, "nothing runs while hidden"
    dock.panels.viewing.views.setChecked(True)
    qtbot.waitUntil(lambda: views.solid.body is not None, timeout=10_000)


def test_views_go_with_the_dock_and_leave_the_canvas_as_it_was(shown, qtbot, sequences):
    dock = shown(sequences, "exam_0")
    viewer, views = dock._viewer, dock.viewing.views
    window = views.board.window()
    views.large.set_plane(Plane.SAGITTAL)
    viewer.window.remove_dock_widget(views.board)  # the reader closes the bar of the small views
    qtbot.wait(50)
    assert dock.panels.viewing.views.isChecked() is False
    dock.panels.viewing.views.setChecked(True)
    qtbot.waitUntil(lambda: bool(views.small.shown), timeout=10_000)
    assert len(window.findChildren(QtViewer)) == 3

    viewer.window.remove_dock_widget(dock)
    qtbot.wait(50)
    assert [canvas.viewer for canvas in window.findChildren(QtViewer)] == [viewer]
    assert not window.findChildren(object, "medalGlass")
    assert str(viewer.scene.camera.orientation2d[0]) == "down"
    dock.deleteLater()


def test_a_picture_has_no_small_views(docks, qtbot, tmp_path):
    (tmp_path / "images").mkdir()
    image = np.random.default_rng(0).normal(100, 10, (30, 20, 1)).astype(np.float32)
    nib.save(nib.Nifti1Image(image, np.eye(4)), tmp_path / "images" / "picture.nii.gz")
    session = new_project(tmp_path / "project", "Trial", (SEGMENTATION,), installed_extensions())
    add_cases(session, Source(tmp_path / "images"), Silent())
    session.close()
    dock = docks(tmp_path / "project", show=True)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_next()
    views = dock.viewing.views
    assert views.board is None
    dock.viewing.next_plane()
    assert views.large.plane is Plane.AXIAL
    assert views.large.view.glass.edges is None
    assert not dock.panels.viewing.planes.isEnabled()
    x, y = _middle(views.large.view)
    drag(views.large.view.native, (x, y))
    assert dock.layers.label.data.any()
