"""The window of second looks in a real viewer, from the search to what is done with an entry."""

from dataclasses import replace

import pytest
from qtpy.QtCore import Qt

from napari_medal.core.second_look import LookKind, SecondLook
from napari_medal.errors import ModelError
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.looks_dialog import LooksDialog
from napari_medal.gui.panels.look_table import LookTable
from napari_medal.loop.answers import accept_mask
from tests.gui.conftest import session_of
from tests.gui.test_whole_round import phantoms
from tests.loop.conftest import READING, empty_mask

TASK = "segmentation"
TWIN = SecondLook("case_2", LookKind.DUPLICATE, 1.0, "the same exam as case_1")
FAR = SecondLook("case_1", LookKind.UNLIKE, 0.6, "the image looks unlike all others", axial=4)
LOOKS = (TWIN, FAR, SecondLook("case_1", LookKind.DISAGREEMENT, 0.5, "labels look swapped"))


@pytest.fixture
def shown(dock, qtbot) -> MedalDock:
    """A dock with a stored list of two entries in the window."""
    session_of(dock).project.second_looks.replace(TASK, [TWIN, FAR])
    dock.panels.review.looks.click()
    qtbot.waitUntil(lambda: dock.looks.dialog.table.rowCount() == 2, timeout=10_000)
    return dock


def _texts(dialog: LooksDialog) -> list[list[str]]:
    table = dialog.table
    return [[table.item(row, column).text() for column in range(4)] for row in range(table.rowCount())]


def test_the_list_has_place_case_kind_and_reason(shown):
    assert _texts(shown.looks.dialog) == [
        ["1", "case_2", "duplicate", "the same exam as case_1"],
        ["2", "case_1", "unlike", "the image looks unlike all others"],
    ]
    assert shown.looks.dialog.state.text() == "2 entries, the most suspicious first."
    assert not shown.looks.dialog.right.isEnabled()


def test_an_entry_opens_its_case_at_the_slice_to_look_at(shown, qtbot):
    table = shown.looks.dialog.table
    with qtbot.waitSignal(shown.desk.case_opened, timeout=20_000):
        table.doubleClicked.emit(table.model().index(1, 3))
    assert shown.desk.reading.opened.case.name == "case_1"
    qtbot.wait(300)  # whatever else moves the view has done so by then
    assert shown.layers.slice_at_hand == 4
    shown.layers.go_to_slice(0)
    table.selectRow(1)
    with qtbot.waitSignal(shown.desk.case_opened, timeout=20_000):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert shown.layers.slice_at_hand == 4


def test_an_entry_is_called_right_and_the_next_one_is_chosen(shown, qtbot):
    dialog = shown.looks.dialog
    dialog.table.selectRow(0)
    dialog.right.click()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=10_000)
    assert dialog.table.chosen == FAR
    assert [look.dismissed for look in session_of(shown).project.second_looks.all(TASK)] == [True, False]
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 0, timeout=10_000)
    assert dialog.state.text() == "Nothing is listed."
    assert not dialog.show_case.isEnabled()


def test_what_is_settled_elsewhere_leaves_the_list(shown, qtbot):
    with qtbot.waitSignal(shown.desk.case_opened, timeout=20_000):
        shown.desk.open_case("case_2")
    shown.panels.review.reject.click()
    qtbot.waitUntil(lambda: shown.looks.dialog.table.rowCount() == 1, timeout=20_000)
    assert _texts(shown.looks.dialog)[0][1] == "case_1"


def test_the_window_opens_once_by_its_key_and_closes_with_the_task(shown):
    dialog = shown.looks.dialog
    key = next(key for key in shown.shortcuts.keys if key.napari_name == "Shift-L")
    key.pressed()
    assert shown.looks.dialog is dialog
    shown.desk.task_changed.emit(TASK)
    assert shown.looks.dialog is None


def test_without_a_project_there_is_no_window(docks):
    dock = docks()
    dock.looks.open(dock)
    assert dock.looks.dialog is None


def test_a_search_lists_what_it_finds(docks, qtbot, tmp_path):
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    names = [case.name for case in session.project.cases.all()]
    for name in names[:4]:
        if name not in session.project.annotations.current(TASK):
            accept_mask(session, TASK, name, empty_mask(session, name), READING)
    session.project.second_looks.replace(TASK, [replace(TWIN, case=names[0])])
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    dock.panels.review.looks.click()
    dialog = dock.looks.dialog
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=10_000)
    told = []
    dock.looks.told.connect(told.append)
    with qtbot.waitSignal(dock.looks.runner.finished, timeout=120_000):
        dialog.search.click()
        assert not dialog.search.isEnabled()
        assert dialog.job.isVisibleTo(dialog)
    assert dialog.search.isEnabled()
    assert "labels compared with the answers of 3 trainings" in told[0]
    expected = [look.case for look in session.project.second_looks.all(TASK)]
    qtbot.waitUntil(lambda: [row[1] for row in _texts(dialog)] == expected, timeout=10_000)


def test_a_search_is_cancelled_and_the_last_list_stays(docks, qtbot, tmp_path):
    session = phantoms(tmp_path, "tests.gui.tiny:ENDLESS")
    name = session.project.cases.all()[0].name
    session.project.second_looks.replace(TASK, [replace(TWIN, case=name)])
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.desk.show_session(session)
    dock.looks.open(dock)
    dialog = dock.looks.dialog
    dialog.search.click()
    qtbot.waitUntil(lambda: "Training, fold 1" in dialog.job.text.text(), timeout=60_000)
    dialog.close()
    assert dock.looks.dialog is None
    assert dock.looks.runner.is_running
    dock.looks.open(dock)
    dialog = dock.looks.dialog
    assert dialog.job.isVisibleTo(dialog)
    with qtbot.waitSignal(dock.looks.runner.cancelled, timeout=60_000):
        dialog.job.cancel.click()
    assert dialog.search.isEnabled()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=10_000)


def test_a_search_that_fails_is_told(shown, qtbot):
    with qtbot.waitSignal(shown.looks.failed, timeout=10_000) as failed:
        shown.looks.runner.failed.emit(ModelError("too few"))
    assert str(failed.args[0]) == "too few"
    assert shown.looks.dialog.search.isEnabled()


def test_the_place_that_was_chosen_stays_so(qtbot):
    table = LookTable()
    qtbot.addWidget(table)
    table.show_looks(LOOKS)
    table.selectRow(2)
    table.show_looks((LOOKS[2], LOOKS[0]))
    assert table.chosen == LOOKS[2]
    table.show_looks(LOOKS[:1])
    assert table.chosen == LOOKS[0]
    table.show_looks(())
    assert table.chosen is None


def test_everything_has_a_tooltip(qtbot):
    dialog = LooksDialog()
    qtbot.addWidget(dialog)
    for widget in (dialog.search, dialog.show_case, dialog.right, dialog.table, dialog.job.cancel):
        assert widget.toolTip()
    assert all(dialog.table.horizontalHeaderItem(column).toolTip() for column in range(4))
