"""Bringing images into an open project: the window, what comes of it, drops, and a watched folder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from qtpy.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from qtpy.QtWidgets import QApplication

from napari_medal.catalogue.cases import NewCase
from napari_medal.core.case import CaseState
from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.progress import Silent
from napari_medal.gui.adding_dialog import AddingDialog
from napari_medal.gui.arrivals import Outcome, arrivals_of
from napari_medal.gui.panels.source_form import AskedSource
from napari_medal.gui.remembered_watch import remembered_watch
from napari_medal.loop.adding import AddReport, Rejected, Source, add_cases
from tests.gui.conftest import session_of, write_images

OBLIQUE = FileNote(NoteKind.OBLIQUE, Verdict.NOTED, "a.nii.gz is oblique by 12°; its sform is used.")
TILTED = FileNote(NoteKind.SHEARED, Verdict.REPAIRABLE, "c: found a gantry tilt of 20°; it can be straightened.")
REPORT = AddReport(
    added=("a", "b", "c", "d"),
    labelled=("b",),
    known_before=("old",),
    broken=(Rejected("c", TILTED.words), Rejected("d", "d.nii.gz: found a web page; wanted a NIfTI header.")),
    refused_labels=(Rejected("a", "a_mask.nii.gz lies on another grid."),),
    notes={"a": (OBLIQUE,), "c": (TILTED,)},
)


@pytest.fixture
def more(tmp_path: Path) -> Path:
    """Three new images, one of them broken, and a mask for one."""
    folder = tmp_path / "more"
    write_images(folder, 2)
    for number in range(2):
        (folder / f"case_{number}.nii.gz").rename(folder / f"late_{number}.nii.gz")
    mask = np.zeros((9, 10, 6), np.uint8)
    mask[3:5, 4:6, 2] = 1
    nib.save(nib.Nifti1Image(mask, np.diag([1.0, 1.0, 2.0, 1.0])), folder / "late_0_mask.nii.gz")
    (folder / "page.nii.gz").write_bytes(b"<html>Not found</html>")
    return folder


@pytest.fixture
def window(dock) -> AddingDialog:
    dock.panels.work_list.add.click()
    return dock.adding.dialog


@pytest.fixture
def bare(qtbot) -> AddingDialog:
    """The window alone."""
    window = AddingDialog()
    qtbot.addWidget(window)
    return window


def _lines(window: AddingDialog) -> list[tuple[str, Outcome]]:
    return [(line.case, line.outcome) for line in window.arrivals.arrivals]


def _shown(window: AddingDialog) -> list[str]:
    proxy = window.arrivals.proxy
    return [proxy.index(row, 0).data() for row in range(proxy.rowCount())]


def test_images_are_added_and_the_list_says_what_came(dock, window, more, qtbot):
    assert not window.add.isEnabled()
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case("case_0")
    reading = dock.desk.reading
    window.form.images.show_folder(more)
    qtbot.waitUntil(lambda: window.form.found.text() == "Folder of images: 3 cases. 1 with a mask.", timeout=20_000)
    window.form.images.line.setFocus()
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        qtbot.keyClick(window.form.images.line, Qt.Key.Key_Return)

    assert _lines(window) == [
        ("page", Outcome.BROKEN),
        ("late_0", Outcome.LABELLED),
        ("late_1", Outcome.ADDED),
    ]
    assert window.outcome.text() == "2 cases added, 1 with a label, 1 broken."
    assert window.arrivals.arrivals[0].words.startswith("page.nii.gz: found")
    qtbot.waitUntil(lambda: len(dock.desk.items) == 6, timeout=20_000)
    states = {item.case.name: item.case.state for item in dock.desk.items}
    assert states["late_0"] is CaseState.ACCEPTED
    assert states["page"] is CaseState.BROKEN
    assert dock.desk.reading is reading, "the case at hand stays"
    assert window.job.isHidden()


def test_labels_may_be_drafts_and_known_cases_are_listed(dock, window, more, tmp_path, qtbot):
    window.form.show_source(AskedSource(more, labels_are_drafts=True))
    for expected in (("late_0", Outcome.DRAFTED), ("late_0", Outcome.KNOWN)):
        with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
            window.add.click()
        assert expected in _lines(window)


def test_a_folder_without_images_is_told_in_the_window(dock, window, tmp_path, qtbot):
    window.form.images.show_folder(tmp_path / "nowhere")
    qtbot.waitUntil(lambda: window.form.found.text() == "Found no such folder.", timeout=20_000)
    (tmp_path / "empty").mkdir()
    window.form.images.show_folder(tmp_path / "empty")
    qtbot.waitUntil(lambda: window.form.found.text() == "Found no image that can be read.", timeout=20_000)
    with qtbot.waitSignal(dock.adding.failed, timeout=60_000):
        window.add.click()
    assert "found no image" in window.outcome.text()
    assert window.add.isEnabled()


def test_adding_can_be_cancelled_and_done_again(dock, window, more, qtbot):
    window.form.images.show_folder(more)
    with dock.adding._one_at_a_time:  # something else is being added
        window.add.click()
        assert not window.add.isEnabled()
        with qtbot.waitSignal(dock.adding.runner.cancelled, timeout=10_000):
            window.job.cancel.click()
    assert window.outcome.text() == "Cancelled."
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        window.add.click()
    assert len(_lines(window)) == 3


def test_a_label_that_came_later_has_a_line():
    report = replace(REPORT, labelled_later=("old",), known_before=())
    assert [line.outcome for line in arrivals_of(report) if line.case == "old"] == [Outcome.LABELLED_LATER]


def test_a_repairable_label_comes_in_when_it_is_tried_again(dock, window, tmp_path, qtbot):
    images, labels = tmp_path / "inbox" / "images", tmp_path / "inbox" / "labels"
    write_images(images, 1)
    (images / "case_0.nii.gz").rename(images / "late_0.nii.gz")
    labels.mkdir()
    mask = np.zeros((9, 10, 8), np.uint8)
    mask[3:5, 4:6, 2] = 1
    nib.save(nib.Nifti1Image(mask, np.diag([1.0, 1.0, 2.0, 1.0])), labels / "late_0.nii.gz")
    window.form.show_source(AskedSource(images.parent))
    for button, expected in ((window.add, Outcome.LABEL_REFUSED), (window.repair, Outcome.LABELLED_LATER)):
        with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
            button.click()
        assert expected in [line.outcome for line in window.arrivals.arrivals]
    assert not window.repair.isEnabled()


def test_every_note_has_a_line_and_problems_come_first():
    lines = arrivals_of(REPORT)
    assert [(line.case, line.outcome, line.note) for line in lines] == [
        ("c", Outcome.BROKEN, TILTED),
        ("d", Outcome.BROKEN, None),
        ("a", Outcome.LABEL_REFUSED, None),
        ("a", Outcome.ADDED, OBLIQUE),
        ("b", Outcome.LABELLED, None),
        ("old", Outcome.KNOWN, None),
    ]
    assert [line.case for line in lines if line.is_repairable] == ["c"]


def test_a_label_that_could_be_moved_is_one_line_to_try_again():
    moved = FileNote(NoteKind.LABEL_GRID, Verdict.REPAIRABLE, "a_mask.nii.gz lies on another grid.")
    refused = (Rejected("a", moved.words),)
    lines = arrivals_of(AddReport(("a",), (), (), (), refused, notes={"a": (moved, OBLIQUE)}))
    assert [(line.outcome, line.note) for line in lines] == [(Outcome.LABEL_REFUSED, moved), (Outcome.ADDED, OBLIQUE)]
    assert [line.is_repairable for line in lines] == [True, False]
    (line,) = arrivals_of(AddReport(("a",), (), (), (), (), notes={"a": (moved,)}))
    assert not line.is_repairable


def test_lines_are_filtered_and_copied(bare, qtbot):
    bare.show_ended("", arrivals_of(REPORT))
    for kind, cases in (
        ("not taken", ["c", "d", "a"]),
        ("repairable", ["c"]),
        ("with a remark", ["c", "a"]),
        ("known before", ["old"]),
        ("everything", ["c", "d", "a", "a", "b", "old"]),
    ):
        bare.arrivals.kinds.setCurrentText(kind)
        assert _shown(bare) == cases
    bare.arrivals.search.setText("GANTRY")
    assert _shown(bare) == ["c"]
    bare.copy.click()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[1:] == [f"c\tbroken\tsheared\trepairable\t{TILTED.words}"]
    bare.arrivals.search.clear()
    bare.arrivals.table.selectRow(4)
    qtbot.keyClick(bare.arrivals.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[1:] == ["b\tadded with its label\t\t\t"]


def test_what_is_repairable_is_asked_for_again(bare, more, qtbot):
    bare.form.images.show_folder(more)
    assert not bare.repair.isEnabled()
    bare.show_ended("", arrivals_of(REPORT))
    assert bare.repair.text() == "Repair 1 and try again"
    with qtbot.waitSignal(bare.add_requested) as asked:
        bare.repair.click()
    assert asked.args == [AskedSource(more, repair=True, cases=("c",))]


def test_a_case_that_can_be_repaired_comes_in_when_that_is_asked_for(dock, window, more, qtbot):
    image = np.random.default_rng(0).normal(100, 10, (9, 10, 6)).astype(np.float32)
    image[0, 0, 0] = np.nan
    nib.save(nib.Nifti1Image(image, np.diag([1.0, 1.0, 2.0, 1.0])), more / "holes.nii.gz")
    window.form.images.show_folder(more)
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        window.add.click()
    assert window.arrivals.repairable == ("holes",)
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        window.repair.click()
    (line,) = window.arrivals.arrivals
    assert (line.case, line.outcome, line.note.verdict) == ("holes", Outcome.MENDED, Verdict.REPAIRED)

    def is_listed() -> bool:
        return {item.case.name: item.case.state for item in dock.desk.items}.get("holes") is CaseState.NEW

    qtbot.waitUntil(is_listed, timeout=20_000)


def test_only_the_cases_that_were_asked_for_are_taken(dock, window, more, qtbot):
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        window.add_requested.emit(AskedSource(more, cases=("late_1",)))
    assert _lines(window) == [("late_1", Outcome.ADDED)]


def test_what_is_odd_about_the_files_of_a_case_is_told_while_it_is_read(dock, qtbot):
    session = session_of(dock)
    images = session.project.cases.get("case_0").images
    straight = FileNote(NoteKind.SHEARED, Verdict.REPAIRED, "c: straightened a gantry tilt of 20°.")
    session.project.cases.add([NewCase("odd", "odd", images, ("",), notes=(OBLIQUE, straight))])
    for case, text, tip in (
        ("odd", "Files: oblique, sheared (repaired)", f"{OBLIQUE.words}\n{straight.words}"),
        ("case_0", "", ""),
    ):
        with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
            dock.desk.open_case(case)
        files = dock.panels.reading.files
        assert files.isVisibleTo(dock) == bool(text)
        assert not text or (files.text(), files.toolTip()) == (text, tip)


def test_a_dataset_is_called_by_its_kind(dock, window, more, tmp_path, qtbot):
    for name in ("imagesTr", "labelsTr"):
        (tmp_path / "Dataset001_Trial" / name).mkdir(parents=True)
    for number in range(2):
        shutil.copy(more / f"late_{number}.nii.gz", tmp_path / "Dataset001_Trial/imagesTr" / f"n{number}_0000.nii.gz")
    shutil.copy(more / "late_0_mask.nii.gz", tmp_path / "Dataset001_Trial/labelsTr/n0.nii.gz")
    meaning = {"channel_names": {"0": "CT"}, "labels": {"background": 0, "anterior": 1}}
    (tmp_path / "Dataset001_Trial/dataset.json").write_text(
        json.dumps(meaning | {"numTraining": 2, "file_ending": ".nii.gz"})
    )
    window.form.images.show_folder(tmp_path / "Dataset001_Trial")
    qtbot.waitUntil(lambda: window.form.found.text().startswith("nnU-Net"), timeout=20_000)
    assert window.form.found.text().endswith("2 cases. 1 with a mask.")
    qtbot.waitUntil(lambda: window.form.form.count() > 2, timeout=20_000)
    window.form.form.setCurrentIndex(window.form.form.findData("plain"))
    qtbot.waitUntil(lambda: window.form.found.text().startswith("Folder of images"), timeout=20_000)


def test_the_window_opens_once_closes_with_the_project_and_not_without_one(dock, window, project_folder, docks, qtbot):
    dock.panels.work_list.add.click()
    assert dock.adding.dialog is window
    with qtbot.waitSignal(dock.desk.project_opened, timeout=60_000):
        dock.open_project(project_folder)
    assert dock.adding.dialog is None
    other = docks()
    other.adding.open(other)
    assert other.adding.dialog is None


def test_every_control_says_what_it_does(bare):
    silent = [
        type(widget).__name__
        for name in (
            "images.line",
            "images.browse",
            "labels.line",
            "form",
            "drafts",
            "subject",
            "repair",
            "chosen",
            "pseudonyms",
        )
        for widget in [_attribute(bare.form, name)]
        if not widget.toolTip()
    ]
    silent += [
        name
        for name in ("add", "watch", "repair", "copy", "leave", "arrivals.search", "arrivals.kinds", "arrivals.table")
        if not _attribute(bare, name).toolTip()
    ]
    assert silent == []


def _attribute(owner: object, path: str) -> object:
    for name in path.split("."):
        owner = getattr(owner, name)
    return owner


def _drop(widget, *paths: Path) -> None:
    """Drop files, as the window system does."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, button, none)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, button, none))


def test_a_dropped_folder_is_offered_to_the_open_project(dock, more, qtbot):
    _drop(dock, more)
    window = dock.adding.dialog
    assert window.form.images.folder == more
    qtbot.waitUntil(lambda: "3 cases" in window.form.found.text(), timeout=20_000)
    assert not window.form.chosen.isVisibleTo(window)


def test_of_dropped_files_only_those_are_taken(dock, more, qtbot):
    _drop(dock, more / "late_1.nii.gz")
    window = dock.adding.dialog
    assert window.form.chosen.text() == "Only late_1.nii.gz"
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        window.add.click()
    assert _lines(window) == [("late_1", Outcome.ADDED)]
    window.form.chosen.setChecked(False)
    with qtbot.waitSignal(dock.adding.runner.finished, timeout=60_000):
        window.add.click()
    assert ("late_0", Outcome.LABELLED) in _lines(window)


def test_without_a_project_a_project_opens_and_images_begin_one(docks, project_folder, more, tmp_path, qtbot):
    dock = docks()
    _drop(dock, more)
    assert dock.panels.new_project.isVisibleTo(dock)
    assert dock.panels.new_project.images.folder == more
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        _drop(dock, project_folder)
    assert dock.panels.header.project.text() == "Trial"


def test_files_of_several_folders_and_text_are_not_taken(dock, more, project_folder, qtbot):
    with qtbot.waitSignal(dock.drops.refused) as told:
        _drop(dock, more / "late_1.nii.gz", project_folder / "medal.toml")
    assert "one folder at a time" in told.args[0]
    mime = QMimeData()
    mime.setText("words")
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none)
    enter.ignore()
    QApplication.sendEvent(dock, enter)
    assert not enter.isAccepted()


def test_a_folder_dropped_on_a_field_fills_it(bare, more):
    _drop(bare.form.labels, more)
    assert bare.form.labels.folder == more


def test_a_watched_folder_brings_in_what_comes_later(dock, window, more, qtbot):
    page = more / "page.nii.gz"
    page.unlink()
    window.form.images.show_folder(more)
    with qtbot.waitSignal(dock.adding.watcher.runner.finished, timeout=20_000):
        window.watch.click()
    assert dock.panels.work_list.watched.text() == "Watching more"
    with qtbot.waitSignal(dock.adding.watcher.arrived, timeout=60_000):
        dock.adding.watcher.look()
    qtbot.waitUntil(lambda: {item.case.name for item in dock.desk.items} >= {"late_0", "late_1"}, timeout=20_000)
    page.write_bytes(b"<html>")
    arrivals = []
    dock.adding.watcher.arrived.connect(arrivals.append)
    for _ in range(4):
        with qtbot.waitSignal(dock.adding.watcher.runner.finished, timeout=20_000):
            dock.adding.watcher.look()
    assert [[entry.case for entry in report.broken] for report in arrivals] == [["page"]]

    window.form.images.show_folder(more.parent)
    assert not window.watch.isChecked()
    window.form.images.show_folder(more)
    assert window.watch.isChecked()
    window.watch.click()
    assert dock.adding.watcher.folder is None
    assert dock.panels.work_list.watched.text() == ""


def test_a_watched_folder_is_remembered_and_what_goes_wrong_is_told_once(dock, window, more, project_folder, qtbot):
    problems = []
    dock.adding.failed.connect(problems.append)
    window.form.show_source(AskedSource(more, subject_pattern="late", repair=True))
    with qtbot.waitSignal(dock.adding.watcher.runner.finished, timeout=20_000):
        window.watch.click()
    kept = AskedSource(more, subject_pattern="late", repair=True)
    assert remembered_watch(session_of(dock).project.folder) == kept
    more.rename(more.with_name("moved"))
    for _ in range(2):
        with qtbot.waitSignal(dock.adding.watcher.runner.failed, timeout=20_000):
            dock.adding.watcher.look()
    assert [str(problem) for problem in problems] == [
        f"{more}: found nothing there; wanted the folder that is watched."
    ]
    with qtbot.waitSignal(dock.desk.project_opened, timeout=60_000):
        dock.open_project(project_folder)
    assert dock.adding.watcher.folder == more
    dock.adding._on_watch_requested(None)
    assert remembered_watch(project_folder) is None


def test_nothing_is_watched_after_the_dock_is_closed(dock, window, more):
    window.form.images.show_folder(more)
    window.watch.click()
    dock.close_down()
    dock.adding.watcher.look()
    assert not dock.adding.watcher.runner.is_running


def test_a_label_that_comes_to_the_open_case_is_told_and_nothing_is_lost(dock, qtbot, tmp_path):
    session, name = session_of(dock), "case_0"
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case(name)
    masks = tmp_path / "masks"
    masks.mkdir()
    mask = np.zeros((9, 10, 6), np.uint8)
    mask[3:5, 4:6, 2] = 1
    nib.save(nib.Nifti1Image(mask, np.diag([1.0, 1.0, 2.0, 1.0])), masks / f"{name}.nii.gz")
    report = add_cases(session, Source(tmp_path / "images", masks), Silent())
    assert report.labelled_later == (name,)
    told = []
    dock.adding.told.connect(told.append)
    with qtbot.waitSignal(dock.desk.list_changed, timeout=20_000):
        dock.adding.watcher.arrived.emit(report)
    assert "which is open: you still see what you started from" in told[-1]
    assert not dock.layers.mask().any()
    dock.layers.label.brush_size = 1
    dock.layers.label.paint((4, 8, 7), 2)
    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case(name)
    assert np.unique(dock.layers.mask()).tolist() == [0, 1], "the label that came"
    (work,) = session.project.journals.aside(name, "segmentation")
    assert session.project.journals.read_aside(work.path)[4, 8, 7] == 2, "the stroke is put aside"
    dock.adding.watcher.arrived.emit(replace(report, labelled_later=("case_1",)))
    assert "which is open" not in told[-1]
