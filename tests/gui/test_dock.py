import threading
import time

import numpy as np
import pytest
from napari.utils import notifications
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton

from napari_medal.core.case import CaseState
from napari_medal.core.progress import Progress
from napari_medal.errors import ProjectError
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.key_sheet import KeySheet
from tests.gui.conftest import CLASSIFICATION, SEGMENTATION, make_project, session_of


@pytest.fixture
def opened(dock, qtbot) -> MedalDock:
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    return dock


def paint(dock: MedalDock, value: int = 2) -> None:
    label = dock.layers.label
    assert label is not None
    label.brush_size = 1
    label.paint((2, 3, 4), value)


def test_an_empty_dock_says_how_to_begin(docks):
    dock = docks()
    assert dock.panels.welcome.isVisibleTo(dock)
    assert dock.panels.welcome.new.isVisibleTo(dock)
    assert not dock.panels.training.retrain.isEnabled()


def test_opening_a_project_fills_the_list(dock):
    assert dock.panels.header.project.text() == "Trial"
    assert dock.panels.work_list.proxy.rowCount() == 3
    assert dock.panels.work_list.counts.text() == "0 of 3 accepted"
    assert not dock.panels.welcome.isVisibleTo(dock)


def test_a_folder_that_is_no_project_is_told_and_the_dock_goes_on(docks, qtbot, tmp_path, project_folder):
    dock = docks()
    with Heard() as said, qtbot.waitSignal(dock.desk.failed, timeout=60_000):
        dock.open_project(tmp_path / "nothing")
    assert any("holds no medal.toml" in text for text in said)
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.open_project(project_folder)


def kept_mask(project, name: str) -> np.ndarray | None:
    """Return what the journal of a case leads to, if there is one."""
    kept = project.journals.load(name, "segmentation")
    return None if kept is None else kept.replay.mask


def test_a_stroke_is_on_the_disk_at_once_and_another_dock_shows_it(opened, docks, qtbot, project_folder):
    name = opened.desk.reading.opened.case.name
    paint(opened)
    qtbot.waitUntil(lambda: not opened.desk.reading.is_dirty, timeout=10_000)
    assert kept_mask(session_of(opened).project, name)[2, 3, 4] == 2
    second = docks()  # the first one is never closed, as after a crash
    with Heard() as said, qtbot.waitSignal(second.desk.case_opened, timeout=60_000):
        second.open_project(project_folder)
    assert second.desk.reading.opened.case.name == name
    assert second.layers.mask()[2, 3, 4] == 2
    assert "your unfinished label" in second.panels.reading.origin.text()
    assert f"Restored 1 stroke on case {name}; Ctrl+Z takes it back." in said
    assert not second.desk.reading.is_dirty
    second.layers.label.undo()
    assert second.layers.mask()[2, 3, 4] == 0


def test_undo_is_a_change_and_looking_at_another_slice_is_none(opened, qtbot):
    paint(opened)
    opened.layers.viewer.dims.set_current_step(0, 1)
    assert opened.desk.reading.changes == 1
    opened.layers.label.undo()
    assert opened.desk.reading.changes == 2
    opened.layers.label.redo()
    assert opened.desk.reading.changes == 3


def test_leaving_a_case_saves_its_last_stroke_and_its_steps(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    paint(opened)
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_next()
    assert opened.desk.reading.opened.case.name != name
    assert opened.layers.label.undo_steps == 0
    qtbot.waitUntil(lambda: kept_mask(session_of(opened).project, name)[2, 3, 4] == 2, timeout=5_000)
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_case(name)
    assert opened.layers.mask()[2, 3, 4] == 2
    assert opened.layers.label.undo_steps == 1


def test_a_mask_put_in_place_of_the_drawn_one_is_kept(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    mask = opened.layers.mask()
    mask[1] = 1
    opened.layers.label.data = mask
    qtbot.waitUntil(lambda: not opened.desk.reading.is_dirty, timeout=10_000)
    np.testing.assert_array_equal(kept_mask(session_of(opened).project, name), mask)


def test_a_case_drawn_on_while_it_is_read_again_keeps_those_strokes(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_case(name)
        paint(opened)
    assert opened.layers.mask()[2, 3, 4] == 2
    assert opened.layers.label.undo_steps == 1


def test_undo_outlives_accepting_and_opening_again(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    paint(opened)
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.panels.reading.accept.click()
        paint(opened, 1)  # while the label is on its way
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_case(name)
    assert "your unfinished label" in opened.panels.reading.origin.text()
    assert opened.layers.mask()[2, 3, 4] == 1
    assert opened.layers.label.undo_steps == 2
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.panels.reading.accept.click()
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_case(name)
    assert "the accepted label" in opened.panels.reading.origin.text()
    opened.layers.label.undo()
    opened.layers.label.undo()
    assert opened.layers.mask()[2, 3, 4] == 0


def test_a_disk_that_cannot_be_written_is_told_once_and_nothing_is_lost(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    project = session_of(opened).project
    drafts = project.folder / "drafts"
    drafts.write_text("a file where a folder should be")
    with Heard() as said:
        paint(opened)
        qtbot.waitUntil(lambda: bool(said), timeout=10_000)
        paint(opened, 1)
        opened.layers.label.undo()
        with qtbot.waitSignal(opened.desk.keeper._retry.timeout, timeout=10_000):
            pass
        qtbot.waitUntil(lambda: opened.desk.keeper._worker._calls.empty(), timeout=10_000)
        assert len(said) == 1
        assert f"changes of {name} are not on the disk yet" in said[0]
        with qtbot.waitSignal(opened.desk.failed, timeout=10_000):
            opened.desk.open_case(name)
        assert opened.desk.reading.is_dirty, "the case stays as it is"
        drafts.unlink()
        qtbot.waitUntil(lambda: "Everything that was drawn is on the disk again." in said, timeout=10_000)
    assert kept_mask(project, name)[2, 3, 4] == 2


def test_closing_saves_the_last_stroke(opened, project_folder):
    name = opened.desk.reading.opened.case.name
    project = session_of(opened).project
    paint(opened)
    opened.close_down()
    assert kept_mask(project, name)[2, 3, 4] == 2
    assert project.journals.unfinished(["segmentation"]) is None


def test_closing_the_viewer_closes_the_dock(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    project = session_of(opened).project
    paint(opened)
    opened.layers.viewer.close()
    qtbot.waitUntil(lambda: kept_mask(project, name) is not None, timeout=5_000)
    qtbot.waitUntil(lambda: project.journals.unfinished(["segmentation"]) is None, timeout=5_000)


def test_taking_the_dock_out_of_the_viewer_closes_it(make_napari_viewer, qtbot):
    viewer = make_napari_viewer(show=True)
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal")
    viewer.window.remove_dock_widget(dock)
    assert dock.is_closed
    dock.deleteLater()


def test_accepting_keeps_a_revision_and_opens_the_next_case(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    paint(opened)
    drawn = opened.layers.mask()
    opened.panels.reading.reader.setText("Dr. Roe")
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.panels.reading.accept.click()
    annotation = session_of(opened).project.annotations.current("segmentation")[name]
    assert (annotation.reader, annotation.revision) == ("Dr. Roe", 1)
    assert session_of(opened).project.cases.get(name).state is CaseState.ACCEPTED
    np.testing.assert_array_equal(kept_mask(session_of(opened).project, name), drawn)
    assert opened.desk.reading.opened.case.name != name
    assert opened.panels.work_list.counts.text() == "1 of 3 accepted"


def test_a_skipped_case_gives_way_to_the_next(opened, qtbot):
    name = opened.desk.reading.opened.case.name
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.panels.reading.skip.click()
    assert session_of(opened).project.cases.get(name).state is CaseState.SKIPPED
    assert opened.desk.reading.opened.case.name != name


def test_after_a_failed_accept_the_buttons_work_again(opened, qtbot):
    opened.layers.label.data[0, 0, 0] = 9
    with Heard() as said, qtbot.waitSignal(opened.desk.failed, timeout=20_000):
        opened.panels.reading.accept.click()
    assert any("label values 9" in text for text in said)
    qtbot.waitUntil(opened.panels.reading.accept.isEnabled)


def test_a_label_layer_taken_away_is_told(opened, qtbot):
    opened.layers.viewer.layers.remove(opened.layers.label)
    with Heard() as said, qtbot.waitSignal(opened.desk.failed, timeout=20_000):
        opened.panels.reading.accept.click()
    assert any("label layer" in text for text in said)


def test_enough_accepted_cases_start_a_training(opened, qtbot):
    opened.panels.training.after.setValue(1)
    with qtbot.waitSignal(opened.training.runner.started, timeout=20_000):
        opened.panels.reading.accept.click()
    opened.training.runner.cancel()
    with qtbot.waitSignal(opened.training.ranking_changed, timeout=60_000):
        pass
    assert opened.panels.training.retrain.isEnabled()


def test_closing_during_a_job_ends_within_two_seconds(opened, qtbot):
    ended = threading.Event()

    def work(progress: Progress) -> None:
        try:
            while True:
                progress.check()
        finally:
            ended.set()

    opened.training.runner.start("Endless", work)
    began = time.monotonic()
    opened.close_down()
    assert ended.is_set()
    assert time.monotonic() - began < 2


def test_a_failing_job_is_told_and_the_button_comes_back(opened, qtbot):
    def work(progress: Progress) -> None:
        raise ProjectError("The disk is full; make room.")

    with Heard() as said, qtbot.waitSignal(opened.training.failed, timeout=10_000):
        opened.training.runner.start("Failing", work)
    assert "The disk is full; make room." in said
    assert opened.panels.training.retrain.isEnabled()


def test_another_projects_layers_and_the_users_own_stay(opened, qtbot):
    viewer = opened.layers.viewer
    own = viewer.add_points(np.zeros((1, 3)), name="label")
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_next()
    assert own in viewer.layers
    assert sum(1 for layer in viewer.layers if layer.name.startswith("case_")) == 1


def test_a_class_task_has_its_panel_and_digits(docks, class_folder, qtbot):
    dock = docks(class_folder)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    panel = dock.panels.task_panel
    assert type(panel).__name__ == "ClassPanel"
    assert not dock.panels.reading.hide_label.isVisibleTo(dock)
    name = dock.desk.reading.opened.case.name
    with Heard() as said, qtbot.waitSignal(dock.desk.failed, timeout=10_000):
        dock.panels.reading.accept.click()
    assert any("choose one" in text for text in said)
    qtbot.keyClick(dock._viewer.window._qt_viewer.canvas.native, Qt.Key.Key_2)
    assert dock.desk.reading.chosen == 1
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.panels.reading.accept.click()
    assert session_of(dock).project.annotations.current("classification")[name].class_value == 1


def test_every_control_says_what_it_does(dock):
    from qtpy.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSpinBox

    for kind in (QAbstractButton, QComboBox, QSpinBox):
        for control in dock.findChildren(kind):
            ours = type(control.parentWidget()).__module__.startswith("napari_medal")
            if ours and not control.objectName().startswith("qt_"):
                assert control.toolTip(), control
    assert all(line.toolTip() for line in (dock.panels.reading.reader, dock.panels.export.folder.line))
    assert isinstance(dock.panels.reading.reader, QLineEdit)


class Heard:
    """Collects notifications."""

    def __enter__(self) -> list[str]:
        self.texts: list[str] = []
        notifications.notification_manager.notification_ready.connect(self._on_ready)
        return self.texts

    def __exit__(self, *error: object) -> None:
        notifications.notification_manager.notification_ready.disconnect(self._on_ready)

    def _on_ready(self, notification: notifications.Notification) -> None:
        self.texts.append(notification.message)


def test_a_label_is_chosen_by_its_button_and_by_the_brush(opened, qtbot):
    chooser = opened.panels.drawing.labels
    buttons = {button.text(): button for button in chooser.findChildren(QPushButton)}
    assert list(buttons) == ["anterior", "posterior"]
    assert buttons["anterior"].isChecked()

    buttons["posterior"].click()
    assert opened.layers.label.selected_label == 2

    opened.layers.label.selected_label = 1
    assert buttons["anterior"].isChecked()
    assert not buttons["posterior"].isChecked()
    opened.layers.label.selected_label = 0
    assert not any(button.isChecked() for button in buttons.values())


def test_a_project_with_two_tasks_asks_both_of_a_case(docks, qtbot, tmp_path):
    dock = docks(make_project(tmp_path, SEGMENTATION, CLASSIFICATION))
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case("case_0")
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.panels.reading.accept.click()
    cases = session_of(dock).project.cases
    assert cases.get("case_0").state is CaseState.IN_PROGRESS, "its class is not known yet"

    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.panels.header.task_requested.emit("classification")
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.desk.open_case("case_0")
    assert dock.panels.task_panel is not None
    assert not dock.panels.tabs.isTabVisible(dock.panels.tabs.indexOf(dock.panels.drawing))
    dock.panels.task_panel.choose(1)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=60_000):
        dock.panels.reading.accept.click()
    assert cases.get("case_0").state is CaseState.ACCEPTED
    assert session_of(dock).project.annotations.current("classification")["case_0"].class_value == 1


def test_keys_in_the_canvas_do_what_the_sheet_says(opened, qtbot):
    canvas = opened._viewer.window._qt_viewer.canvas
    canvas.native.setFocus()
    before = opened.panels.reading.uncertainty.isChecked()
    qtbot.keyClick(canvas.native, Qt.Key.Key_U)
    assert opened.panels.reading.uncertainty.isChecked() is not before
    first = opened.desk.reading.opened.case.name
    with qtbot.waitSignal(opened.desk.case_opened, timeout=60_000):
        qtbot.keyClick(canvas.native, Qt.Key.Key_A)
    assert session_of(opened).project.cases.get(first).state is CaseState.ACCEPTED
    sheet = KeySheet(opened.shortcuts.keys)
    qtbot.addWidget(sheet)
    assert any("Accept the label" in column.text() for column in sheet.columns)


def test_the_images_of_the_next_case_are_read_ahead(opened, qtbot):
    ahead = session_of(opened).ahead
    qtbot.waitUntil(lambda: ahead._case is not None, timeout=10_000)
    assert ahead._case.name == opened.desk.next_case != opened.desk.reading.opened.case.name
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_next()
    qtbot.waitUntil(lambda: ahead._case is not None and ahead._case.name == opened.desk.next_case, timeout=10_000)
