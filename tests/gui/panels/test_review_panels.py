from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from qtpy.QtCore import Qt, QUrl
from qtpy.QtGui import QTextDocument

from napari_medal.core.case import Case, CaseState, Split
from napari_medal.core.comment import Comment
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.gui.panels.guideline import GuidelinePanel
from napari_medal.gui.panels.mode_chooser import ModeChooser
from napari_medal.gui.panels.notes import NotesPanel
from napari_medal.gui.panels.review import ReviewPanel
from napari_medal.gui.panels.slice_picker import SlicePicker
from napari_medal.gui.panels.work_list import WorkListPanel
from napari_medal.loop.notes import CaseNotes
from napari_medal.loop.opening import OpenedCase, Origin
from napari_medal.loop.ranking import WorkItem


def opened(mask: np.ndarray | None = None, **changes: object) -> OpenedCase:
    case = Case("a", "a", Split.UNDRAWN, CaseState.PREDICTED, ())
    empty = OpenedCase(
        case, "segmentation", (), (), (), 0, Origin.EMPTY, mask, None, None, None, None, None, "", None, 0.0
    )
    return replace(empty, **changes)


@pytest.fixture
def picker(qtbot) -> SlicePicker:
    widget = SlicePicker()
    qtbot.addWidget(widget)
    widget.show_slices(40, ((9, 23),))
    return widget


def test_slices_are_counted_from_one_and_told_from_nought(picker, qtbot):
    assert picker.ranges.item(0).text() == "slices 10-24"
    assert (picker.first.minimum(), picker.last.maximum()) == (1, 40)
    picker.first.setValue(30)
    picker.last.setValue(26)  # the wrong way round is understood
    with qtbot.waitSignal(picker.range_added) as added:
        picker.add.click()
    assert added.args == [25, 29]


def test_the_slice_in_view_is_asked_for_and_shown(picker, qtbot):
    for button, is_first in ((picker.from_here, True), (picker.to_here, False)):
        with qtbot.waitSignal(picker.here_requested) as asked:
            button.click()
        assert asked.args == [is_first]
    picker.show_here(4, True)
    picker.show_here(6, False)
    assert (picker.first.value(), picker.last.value()) == (5, 7)


def test_ranges_are_taken_out_and_nothing_cannot_be_accepted(picker, qtbot):
    assert picker.accept.isEnabled()
    assert not picker.remove.isEnabled()
    picker.ranges.setCurrentRow(0)
    with qtbot.waitSignal(picker.range_removed) as removed:
        qtbot.keyClick(picker.ranges, Qt.Key.Key_Delete)
    assert removed.args == [0]
    picker.show_ranges(())
    assert not picker.accept.isEnabled()
    picker.show_slices(1, ())  # a single slice has no parts
    assert not picker.add.isEnabled()


@pytest.fixture
def notes(qtbot) -> NotesPanel:
    panel = NotesPanel()
    qtbot.addWidget(panel)
    remark = Comment("a", "ann", datetime(2026, 1, 2, tzinfo=UTC), "motion")
    panel.show_notes(CaseNotes("a", 3, ("ct", "post-op"), (remark,)))
    return panel


def test_notes_are_shown(notes):
    assert notes.difficulty.currentText() == "3"
    assert notes.tags.text() == "ct, post-op"
    assert notes.comments.item(0).text().startswith("motion\nann, ")
    notes.show_no_case()
    assert not notes.isEnabled()
    assert (notes.comments.count(), notes.tags.text()) == (0, "")


def test_notes_are_asked_for(notes, qtbot):
    with qtbot.waitSignal(notes.difficulty_chosen) as chosen:
        notes.difficulty.activated.emit(5)
    assert chosen.args == [5]
    with qtbot.waitSignal(notes.difficulty_chosen) as chosen:
        notes.difficulty.activated.emit(0)
    assert chosen.args == [None]
    notes.tags.setText("ct , motion,,ct")
    with qtbot.waitSignal(notes.tags_changed) as changed:
        qtbot.keyClick(notes.tags, Qt.Key.Key_Return)
    assert changed.args == [("ct", "motion")]
    with qtbot.assertNotEmitted(notes.tags_changed):
        notes.tags.editingFinished.emit()
    assert not notes.add.isEnabled()
    notes.comment.setText(" look again ")
    with qtbot.waitSignal(notes.comment_written) as written:
        qtbot.keyClick(notes.comment, Qt.Key.Key_Return)
    assert written.args == ["look again"]


def test_a_remark_that_is_being_written_survives_news(notes):
    notes.comment.setText("half a sen")
    notes.show_notes(CaseNotes("a", 1, (), ()))
    assert notes.comment.text() == "half a sen"


def test_the_mode_is_shown_explained_and_asked_for(qtbot):
    chooser = ModeChooser()
    qtbot.addWidget(chooser)
    for mode in ReadingMode:
        chooser.show_mode(mode)
        assert chooser.modes.currentData() == mode.value
        assert chooser.explained.text()
    with qtbot.waitSignal(chooser.mode_requested) as asked:
        chooser.modes.activated.emit(chooser.modes.currentIndex())
    assert asked.args == [ReadingMode.RULE_OUT]
    chooser.show_figure("2 cases")
    assert not chooser.figure.isHidden()
    chooser.show_figure("")
    assert chooser.figure.isHidden()


@pytest.fixture
def guideline(qtbot) -> GuidelinePanel:
    panel = GuidelinePanel()
    qtbot.addWidget(panel)
    return panel


def test_the_guideline_says_where_to_write_it(guideline):
    guideline.show_text("  \n")
    assert "guideline.md" in guideline.view.toPlainText()
    guideline.show_text("# Liver\n\n- all of it")
    assert "Liver" in guideline.view.toPlainText()


def test_the_guideline_is_edited_in_place(guideline, qtbot):
    guideline.show_text("# Liver")
    guideline.edit.click()
    assert guideline.is_editing
    assert guideline.editor.toPlainText() == "# Liver"
    guideline.editor.setPlainText("# Spleen")
    guideline.cancel.click()
    assert not guideline.is_editing
    guideline.edit.click()
    assert guideline.editor.toPlainText() == "# Liver"
    guideline.editor.setPlainText("# Spleen")
    with qtbot.waitSignal(guideline.save_requested) as saved:
        guideline.save.click()
    assert saved.args == ["# Spleen"]


def test_a_guideline_fetches_nothing(guideline, tmp_path):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"secret")
    guideline.show_text(f"![a](file://{picture}) ![b](http://localhost:9/b.png) [c](http://localhost:9)")
    kind = QTextDocument.ResourceType.ImageResource.value
    for name in (f"file://{picture}", "http://localhost:9/b.png"):
        assert guideline.view.loadResource(kind, QUrl(name)) == b""
        assert not guideline.view.document().resource(kind, QUrl(name))
    assert not guideline.view.openLinks()


def test_the_tab_follows_the_case(qtbot):
    panel = ReviewPanel()
    qtbot.addWidget(panel)
    assert not panel.flag.isEnabled()
    panel.show_case(opened(np.zeros((6, 4, 4), np.uint8), confirmed=((1, 2),)))
    assert panel.state.text() == "a is predicted."
    assert panel.parts.ranges.count() == 1
    for button, signal in ((panel.flag, panel.flag_requested), (panel.reject, panel.reject_requested)):
        with qtbot.waitSignal(signal):
            button.click()
    panel.show_busy(True)
    assert not panel.reject.isEnabled()
    panel.show_busy(False)
    panel.show_case(opened(why_hidden="Second read: hidden"))
    assert panel.state.text() == "Second read: hidden"
    assert panel.parts.isHidden()  # a class has no slices
    panel.show_no_case()
    assert not panel.flag.isEnabled()


def test_every_control_of_the_tab_is_explained(qtbot):
    from qtpy.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListWidget, QSpinBox

    panel = ReviewPanel()
    qtbot.addWidget(panel)
    inner = ("qt_spinbox_lineedit", "qt_scrollarea")
    silent = [
        widget
        for kind in (QAbstractButton, QComboBox, QLineEdit, QListWidget, QSpinBox)
        for widget in panel.findChildren(kind)
        if not widget.toolTip() and not widget.objectName().startswith(inner)
    ]
    assert silent == []


def test_the_tab_fits_into_a_narrow_dock(qtbot):
    panel = ReviewPanel()
    qtbot.addWidget(panel)
    panel.show_case(opened(np.zeros((40, 4, 4), np.uint8)))
    panel.resize(390, 350)
    panel.show()
    from qtpy.QtWidgets import QScrollArea

    area = panel.findChild(QScrollArea)
    assert area.widget().minimumSizeHint().width() <= 380
    assert not area.horizontalScrollBar().isVisible()


def test_the_list_is_searched_and_filtered_by_what_is_noted(qtbot):
    panel = WorkListPanel()
    qtbot.addWidget(panel)

    def item(name: str, difficulty: int | None, tags: tuple[str, ...], comments: int, state=CaseState.NEW) -> WorkItem:
        case = Case(name, name, Split.UNDRAWN, state, (), difficulty=difficulty, tags=tags)
        return WorkItem(1, case, None, "", "", "", comments)

    def shown() -> list[str]:
        return [panel.proxy.index(row, 1).data() for row in range(panel.proxy.rowCount())]

    flagged = CaseState.NEEDS_SECOND_LOOK
    panel.show_items([item("a", 3, ("ct",), 0), item("b", None, ("ct", "motion"), 2), item("c", 5, (), 1, flagged)])
    panel.search.setText("motion")
    assert shown() == ["b"]
    panel.search.setText("comment")
    assert shown() == ["b", "c"]
    panel.search.clear()
    panel.tags.setCurrentText("ct")
    assert shown() == ["a", "b"]
    panel.difficulties.setCurrentIndex(3)
    assert shown() == ["a"]
    panel.tags.setCurrentIndex(0)
    panel.difficulties.setCurrentIndex(0)
    panel.states.setCurrentText("needs a second look")
    assert shown() == ["c"]
    panel.states.setCurrentIndex(0)
    panel.tags.setCurrentText("motion")
    panel.show_items([item("a", 3, ("ct",), 0), item("d", None, ("ct",), 0)])  # the tag is gone
    assert shown() == ["a", "d"]
