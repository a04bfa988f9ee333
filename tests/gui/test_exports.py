"""Datasets and models on their way out of a real dock."""

import pytest
from qtpy.QtCore import Qt

from napari_medal.gui.presenters import export
from napari_medal.gui.presenters.export import format_of
from napari_medal.loop.answers import Reading, accept_mask
from tests.gui.conftest import session_of
from tests.gui.test_whole_round import phantoms
from tests.loop.conftest import empty_mask


def _accept(dock, case: str, reader: str) -> None:
    session = session_of(dock)
    mask = empty_mask(session, case)
    mask[1:3, 3:6, 3:6] = 1
    accept_mask(session, "segmentation", case, mask, Reading(reader, 30.0))


@pytest.fixture
def panel(dock, qtbot):
    panel = dock.panels.export
    qtbot.waitUntil(lambda: panel.formats.count() > 0, timeout=20_000)
    return panel


def test_every_installed_format_is_offered_with_a_sentence(dock, panel):
    exporters = session_of(dock).extensions.exporters.working()
    assert panel.formats.currentData() == "nifti"
    offered = [panel.formats.itemData(row) for row in range(panel.formats.count())]
    assert offered == list(exporters)
    for exporter in exporters.values():
        described = format_of(exporter)
        assert described.sentence != exporter.title
        assert described.sentence.endswith(".")
        assert "`" not in described.details


def test_a_dataset_is_written_and_its_folder_opened(dock, panel, qtbot, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(export.QDesktopServices, "openUrl", opened.append)
    _accept(dock, "case_0", "ann")
    panel.folder.show_folder(tmp_path / "out")
    with qtbot.waitSignal(dock.export.runner.finished, timeout=60_000):
        panel.export.click()
    assert panel.outcome.text().startswith("Wrote 1 case in ")
    assert (tmp_path / "out" / "manifest.json").exists()
    panel.show_folder.click()
    assert [url.toLocalFile() for url in opened] == [str(tmp_path / "out")]


def test_what_may_be_a_persons_is_shown_and_written_only_when_checked(dock, panel, qtbot, tmp_path):
    problems = []
    dock.export.failed.connect(problems.append)
    _accept(dock, "case_0", "jane.doe@hospital.org")
    panel.folder.show_folder(tmp_path / "out")
    with qtbot.waitSignal(dock.export.runner.failed, timeout=60_000):
        panel.export.click()
    assert "e-mail" in panel.remarks.toPlainText()
    assert "--confirm" not in panel.remarks.toPlainText()
    assert panel.confirm.isVisibleTo(panel)
    assert problems == []
    assert not (tmp_path / "out").exists()
    with qtbot.waitSignal(dock.export.runner.finished, timeout=60_000):
        panel.confirm.click()
    assert (tmp_path / "out" / "manifest.json").exists()
    assert not panel.confirm.isVisibleTo(panel)


def test_a_model_version_is_written_and_can_be_chosen_again(docks, qtbot, tmp_path, monkeypatch):
    session = phantoms(tmp_path, "tests.gui.tiny:RECIPE")
    for case in session.project.cases.all()[:3]:
        mask = empty_mask(session, case.name)
        mask[1:3, 3:6, 3:6] = 1
        accept_mask(session, "segmentation", case.name, mask, Reading("ann", 30.0))
    dock = docks()
    dock.desk.show_session(session)
    panel = dock.panels.training
    assert not panel.export.isEnabled()
    with qtbot.waitSignal(dock.training.runner.finished, timeout=120_000):
        panel.retrain.click()
    qtbot.waitUntil(lambda: panel.versions.rowCount() == 1, timeout=20_000)
    panel.versions.selectRow(0)
    panel.export.click()
    dialog = dock.model_export.dialog
    qtbot.waitUntil(lambda: dialog.formats.count() == 3, timeout=20_000)
    dialog.formats.setCurrentIndex(dialog.formats.findData("torchscript"))
    dialog.folder.show_folder(tmp_path / "model")
    with qtbot.waitSignal(dock.model_export.runner.finished, timeout=120_000):
        qtbot.keyClick(dialog.folder.line, Qt.Key.Key_Return)
    assert dialog.outcome.text().startswith("Wrote model v1 in ")
    assert any((tmp_path / "model").iterdir())
    opened = []
    monkeypatch.setattr(export.QDesktopServices, "openUrl", opened.append)
    dialog.show_folder.click()
    assert len(opened) == 1

    with qtbot.waitSignal(dock.model_export.failed, timeout=60_000):
        dialog.export.click()
    assert "model" in dialog.outcome.text()
    assert not dialog.show_folder.isVisibleTo(dialog)
    controls = (dialog.formats, dialog.export, dialog.show_folder, dialog.leave)
    assert all(control.toolTip() for control in controls)
    dock.desk.task_changed.emit("segmentation")
    assert dock.model_export.dialog is None
