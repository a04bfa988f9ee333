"""A second reader at a real dock: the list, the keys, what is kept."""

from dataclasses import replace
from pathlib import Path

import pytest
from qtpy.QtCore import Qt

from napari_medal.core.progress import Silent
from napari_medal.core.verification import Stage, Verification
from napari_medal.gui.calls import make_project as make_asked
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.panels.export import ExportPanel
from napari_medal.gui.panels.new_project import NewProjectPanel
from napari_medal.gui.reading_order import next_in_order, reading_order
from napari_medal.loop.answers import Reading, accept_class
from napari_medal.loop.creating import TaskWish
from napari_medal.loop.session import open_session
from tests.gui.conftest import label_blocks, make_project, session_of, write_images
from tests.gui.panels.test_panels import ITEMS

TASK = "segmentation"
TWICE = TaskWish(TASK, ("1=anterior", "2=posterior"), verification=Verification.SECOND_READER)


@pytest.fixture
def second(docks, tmp_path, qtbot) -> MedalDock:
    """A dock at which bob sits down; ann has labelled two cases of three."""
    folder = make_project(tmp_path, TWICE)
    label_blocks(folder, "case_0", "case_2")
    dock = docks(folder)
    _sit_down(dock, qtbot, "bob")
    return dock


def _sit_down(dock: MedalDock, qtbot, name: str) -> None:
    dock.panels.reading.reader.setText(name)
    with qtbot.waitSignal(dock.desk.list_changed, timeout=20_000):
        dock.panels.reading.reader.editingFinished.emit()
    qtbot.waitUntil(lambda: not dock.desk.is_busy, timeout=20_000)


def _at_hand(dock: MedalDock) -> str:
    assert dock.desk.reading is not None
    return dock.desk.reading.opened.case.name


def test_a_second_reader_goes_through_the_list_by_keys_alone(second, qtbot):
    reading, work_list = second.panels.reading, second.panels.work_list
    assert work_list.counts.text() == "2 of 3 accepted, 2 to verify"
    work_list.states.setCurrentText("to verify")
    assert work_list.proxy.rowCount() == 2
    work_list.states.setCurrentIndex(0)
    with qtbot.waitSignal(second.desk.case_opened, timeout=20_000):
        qtbot.keyClick(second, "v", Qt.KeyboardModifier.ShiftModifier)
    assert _at_hand(second) == "case_0"
    assert (reading.accept.text(), reading.origin.text()) == ("Verify", "to verify · you start from the accepted label")
    assert reading.reason.text().startswith("ann accepted this label on ")
    assert second.layers.mask()[2, 4, 3] == 1
    with qtbot.waitSignal(second.desk.case_opened, timeout=20_000):
        qtbot.keyClick(second, "s")  # later: the label stays where it is
    assert _at_hand(second) == "case_2"
    second.layers.label.brush_size = 1
    second.layers.label.paint((5, 8, 5), 2)
    with qtbot.waitSignal(second.desk.case_opened, timeout=20_000):
        qtbot.keyClick(second, "a")
    assert _at_hand(second) == "case_0"
    with qtbot.waitSignal(second.desk.case_closed, timeout=20_000):
        qtbot.keyClick(second, "a")
    history = session_of(second).project.annotations
    first, verified = history.history("case_2", TASK)
    assert (verified.reader, verified.verified.identifier, verified.verified.changed) == ("bob", first.identifier, 1)
    assert verified.seconds_spent < 60.0, "the second reader's own time"
    assert history.current(TASK)["case_0"].verified.changed == 0
    assert second.training.rounds._accepted == 1, "what was verified as it is teaches nothing new"
    assert {item.stage for item in second.desk.items} == {Stage.NOT_ASKED, Stage.VERIFIED}
    agreement = second.panels.review.agreement
    qtbot.waitUntil(lambda: "0 to verify, 2 verified, 1 of them corrected" in agreement.text(), timeout=20_000)
    assert agreement.isVisibleTo(second.panels.review)
    said = []
    second.verifying.told.connect(said.append)
    qtbot.keyClick(second, "v", Qt.KeyboardModifier.ShiftModifier)
    assert said == ["No label of another reader awaits you as its second reader."]


def test_the_first_reader_is_told_that_another_one_verifies(second, qtbot):
    with qtbot.waitSignal(second.desk.case_opened, timeout=20_000):
        second.desk.open_case("case_0")
    assert second.panels.reading.accept.text() == "Verify"
    second.panels.reading.reader.setText("ann")
    with qtbot.waitSignal(second.desk.case_opened, timeout=20_000):
        second.panels.reading.reader.editingFinished.emit()
    assert second.panels.reading.accept.text() == "Accept"
    assert "another reader has to verify it" in second.panels.reading.reason.text()
    qtbot.waitUntil(lambda: second.panels.work_list.counts.text() == "2 of 3 accepted", timeout=20_000)
    with qtbot.waitSignal(second.desk.case_opened, timeout=20_000):
        qtbot.keyClick(second, "a")
    history = session_of(second).project.annotations.history("case_0", TASK)
    assert [(found.reader, found.verified) for found in history] == [("ann", None), ("ann", None)]
    assert _at_hand(second) == "case_1", "a case to label comes after one of the reader's own"


def test_naming_oneself_once_more_changes_nothing(second, qtbot):
    with qtbot.assertNotEmitted(second.desk.list_changed, wait=200):
        second.panels.reading.reader.editingFinished.emit()


def test_classes_are_verified_too(docks, tmp_path, qtbot):
    wish = TaskWish("classification", ("normal", "atrophic"), verification=Verification.SECOND_READER)
    folder = make_project(tmp_path, wish, count=1)
    session = open_session(folder)
    accept_class(session, "classification", "case_0", 0, Reading("ann", 9.0))
    session.close()
    dock = docks(folder)
    _sit_down(dock, qtbot, "bob")
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    assert dock.panels.reading.accept.text() == "Verify"
    dock.desk.choose(1)
    with qtbot.waitSignal(dock.desk.case_closed, timeout=20_000):
        dock.panels.reading.accept.click()
    first, second = session_of(dock).project.annotations.history("case_0", "classification")
    assert (second.class_value, second.verified.identifier, second.verified.changed) == (1, first.identifier, 1)


def test_only_verified_labels_are_exported_on_demand(second, qtbot):
    panel = second.panels.export
    qtbot.waitUntil(lambda: panel.formats.count() > 0, timeout=20_000)
    assert panel.verified.isVisibleTo(panel)
    panel.verified.setChecked(True)
    assert panel.asked_for().verified_only
    with qtbot.waitSignal(second.export.runner.failed, timeout=60_000):
        panel.export.click()
    assert "no accepted case yet among those" in panel.outcome.text()


def test_a_project_without_second_readers_says_nothing_of_them(dock, qtbot):
    panel = ExportPanel()
    qtbot.addWidget(panel)
    panel.show_project([], Path("out"))
    assert not panel.verified.isVisibleTo(panel)
    states = dock.panels.work_list.states
    assert "to verify" not in [states.itemText(row) for row in range(states.count())]
    assert not dock.panels.review.agreement.isVisibleTo(dock.panels.review)


def test_a_new_project_may_have_a_second_reader(qtbot, tmp_path):
    write_images(tmp_path / "images", 1)
    panel = NewProjectPanel()
    qtbot.addWidget(panel)
    panel.images.line.setText(str(tmp_path / "images"))
    panel.folder.line.setText(str(tmp_path / "new"))
    panel.structures.line(0).setText("liver")
    assert not panel.asked_for().is_verified
    panel.verified.setChecked(True)
    assert panel.verified.toolTip()
    make_asked(panel.asked_for(), Silent())
    session = open_session(tmp_path / "new")
    assert session.project.task_settings(TASK).verification is Verification.SECOND_READER
    session.close()


def test_labels_to_verify_and_cases_to_label_are_rounds_of_their_own():
    items = [*ITEMS[:2], replace(ITEMS[-1], stage=Stage.TO_VERIFY), replace(ITEMS[-2], rank=None)]
    assert reading_order(items, verifying=False) == ["b", "a"]
    assert reading_order(items, verifying=True) == ["z"]
    assert next_in_order(items, "a", verifying=False) == "b"
    assert next_in_order(items, "z", verifying=True) == "z"
    assert next_in_order(items[2:], None, verifying=False) == "z", "the others where there is none of a kind"
    assert next_in_order(items[:2], "z", verifying=True) == "b"
    assert next_in_order([], None, verifying=True) is None
