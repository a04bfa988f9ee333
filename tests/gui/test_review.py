"""The tab "Review" in a real viewer, on a real project, without any model."""

import pytest

from napari_medal.catalogue.predictions import NewPrediction
from napari_medal.core.case import CaseState
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.score import CaseScore
from napari_medal.gui.dock import MedalDock
from tests.gui.conftest import CLASSIFICATION, make_project, session_of

TASK = "segmentation"


@pytest.fixture
def opened(dock, qtbot) -> MedalDock:
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    qtbot.waitUntil(dock.panels.review.notes.isEnabled, timeout=10_000)
    return dock


def _case(dock: MedalDock) -> str:
    assert dock.desk.reading is not None
    return dock.desk.reading.opened.case.name


@pytest.mark.parametrize(("button", "state"), [("flag", CaseState.NEEDS_SECOND_LOOK), ("reject", CaseState.REJECTED)])
def test_a_case_is_put_aside_and_the_next_one_opens(opened, qtbot, button, state):
    name = _case(opened)
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        getattr(opened.panels.review, button).click()
    assert _case(opened) != name
    assert session_of(opened).project.cases.get(name).state is state


def test_slices_in_view_are_called_right_and_accepted_alone(opened, qtbot):
    name = _case(opened)
    parts = opened.panels.review.parts
    opened.layers.go_to_slice(2)
    parts.from_here.click()
    opened.layers.go_to_slice(3)
    parts.to_here.click()
    assert (parts.first.value(), parts.last.value()) == (3, 4)
    parts.add.click()
    opened.layers.go_to_slice(4)
    opened.review.confirm_slice()
    assert [parts.ranges.item(row).text() for row in range(parts.ranges.count())] == ["slices 3-5"]
    opened.panels.reading.reader.setText("Dr. Roe")
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        parts.accept.click()
    annotation = session_of(opened).project.annotations.current(TASK)[name]
    assert (annotation.confirmed, annotation.slices, annotation.reader) == (((2, 4),), 6, "Dr. Roe")
    assert session_of(opened).project.cases.get(name).state is CaseState.ACCEPTED_IN_PART
    item = next(item for item in opened.desk.items if item.case.name == name)
    assert item.reason == "slices 3-5 of 6 accepted"
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_case(name)
    assert parts.ranges.item(0).text() == "slices 3-5"
    parts.ranges.setCurrentRow(0)
    parts.remove.click()
    assert parts.ranges.count() == 0


def test_notes_are_kept_and_the_list_shows_them(opened, qtbot):
    name = _case(opened)
    notes = opened.panels.review.notes
    opened.panels.reading.reader.setText("Dr. Roe")
    notes.comment.setText("motion below")
    with qtbot.waitSignal(opened.desk.list_changed, timeout=10_000):
        notes.add.click()
    assert notes.comment.text() == ""
    assert "motion below" in notes.comments.item(0).text()
    notes.tags.setText("ct")
    with qtbot.waitSignal(opened.desk.list_changed, timeout=10_000):
        notes.tags.editingFinished.emit()
    with qtbot.waitSignal(opened.desk.list_changed, timeout=10_000):
        notes.difficulty.activated.emit(4)
    project = session_of(opened).project
    assert [(found.reader, found.text) for found in project.notes.comments(name)] == [("Dr. Roe", "motion below")]
    case = project.cases.get(name)
    assert (case.difficulty, case.tags) == (4, ("ct",))
    opened.panels.work_list.search.setText("1 comment")
    assert opened.panels.work_list.proxy.rowCount() == 1
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.desk.open_next()
    qtbot.waitUntil(lambda: notes.isEnabled() and notes.comments.count() == 0, timeout=10_000)


def test_the_guideline_is_written_to_the_project(opened, qtbot):
    guideline = opened.panels.review.guideline
    assert "no guideline yet" in guideline.view.toPlainText()
    guideline.edit.click()
    guideline.editor.setPlainText("# Borders")
    guideline.save.click()
    path = session_of(opened).project.folder / "guideline.md"
    qtbot.waitUntil(lambda: not guideline.is_editing, timeout=10_000)
    assert path.read_text(encoding="utf-8") == "# Borders"
    assert "Borders" in guideline.view.toPlainText()


def test_the_mode_is_changed_and_a_second_read_takes_two_labels(opened, qtbot):
    name = _case(opened)
    chooser = opened.panels.review.mode
    chooser.modes.setCurrentIndex(chooser.modes.findData("second-read"))
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        chooser.modes.activated.emit(chooser.modes.currentIndex())
    project = session_of(opened).project
    assert project.task_settings(TASK).reading is ReadingMode.SECOND_READ
    assert "first label" in opened.panels.review.state.text()
    assert "first label" in opened.panels.reading.reason.text()
    opened.layers.label.paint((2, 3, 4), 2)
    with qtbot.assertNotEmitted(opened.desk.case_accepted), qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.panels.reading.accept.click()
    assert _case(opened) == name
    assert opened.desk.reading.opened.why_hidden == ""
    assert opened.layers.mask()[2, 3, 4] == 2
    with qtbot.waitSignal(opened.desk.case_opened, timeout=20_000):
        opened.panels.reading.accept.click()
    history = project.annotations.history(name, TASK)
    assert [found.accepted for found in history] == [False, True]
    assert {found.mode for found in history} == {ReadingMode.SECOND_READ}


def test_what_is_ruled_out_is_told(opened, qtbot):
    from napari_medal.catalogue.models import NewModel
    from tests.loop.test_ranking import PLAN

    project = session_of(opened).project
    project.models.add(NewModel(TASK, 1, "unet", PLAN, 1.0, None, (), {}, True, ""))
    score = CaseScore(0.5, (0.5, 0.5), (), "why")
    project.predictions.replace(TASK, 1, [NewPrediction("case_2", score, "", amount=0.0)])
    chooser = opened.panels.review.mode
    chooser.modes.setCurrentIndex(chooser.modes.findData("rule-out"))
    chooser.modes.activated.emit(chooser.modes.currentIndex())
    qtbot.waitUntil(lambda: "1 case listed apart; share missed unknown" in chooser.figure.text(), timeout=10_000)
    assert opened.desk.items[-1].case.name == "case_2"


def test_a_mode_that_cannot_be_kept_is_told_and_shown_as_it_was(opened, qtbot):
    path = session_of(opened).project.folder / "medal.toml"
    path.write_text("name = ")
    chooser = opened.panels.review.mode
    chooser.modes.setCurrentIndex(chooser.modes.findData("triage"))
    with qtbot.waitSignal(opened.review.failed, timeout=10_000):
        chooser.modes.activated.emit(chooser.modes.currentIndex())
    assert chooser.modes.currentData() == "concurrent"


def test_a_class_has_no_parts(docks, qtbot, tmp_path):
    dock = docks(make_project(tmp_path, CLASSIFICATION))
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_next()
    assert dock.panels.review.parts.isHidden()
    dock.review.confirm_slice()
    assert dock.panels.review.parts.ranges.count() == 0


def test_the_keys_are_nobody_elses(opened):
    names = [key.napari_name for key in opened.shortcuts.keys]
    assert len(set(names)) == len(names)
    assert {"Shift-F", "Shift-R", "K"} <= set(names)
    label = opened.layers.label
    taken = {str(bound) for bound in (*label.keymap, *label.class_keymap)}
    assert not {"F", "R", "K", "Shift+F", "Shift+R"} & taken
