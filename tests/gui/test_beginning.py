"""From nothing to an open project, in the dock."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_medal.core.case import CaseState
from napari_medal.gui.presenters import beginning
from napari_medal.gui.recent import recent_projects, remember_project
from tests.gui.conftest import session_of, write_images


def test_a_folder_of_images_becomes_an_open_project(docks, qtbot, tmp_path):
    write_images(tmp_path / "scans", 3)
    dock = docks()
    new = dock.panels.new_project
    qtbot.mouseClick(dock.panels.welcome.new, Qt.MouseButton.LeftButton)
    assert new.isVisibleTo(dock)
    assert not new.make.isEnabled()

    new.images.show_folder(tmp_path / "scans")
    qtbot.waitUntil(lambda: "Folder of images: 3 cases." in new.found.text(), timeout=60_000)
    assert new.folder.folder == tmp_path / "scans-medal"
    qtbot.keyClicks(new.structures.line(0), "lesion")
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        qtbot.mouseClick(new.make, Qt.MouseButton.LeftButton)

    assert [item.case.state for item in dock.desk.items] == [CaseState.NEW] * 3
    assert session_of(dock).scheme("segmentation").names == ("lesion",)
    assert dock.panels.header.project.text() == "scans-medal"
    assert recent_projects() == [tmp_path / "scans-medal"]


def test_structures_and_classes_make_two_tasks(docks, qtbot, tmp_path):
    write_images(tmp_path / "scans", 2)
    dock = docks()
    new = dock.panels.new_project
    new.images.show_folder(tmp_path / "scans")
    new.structures.line(0).setText("lesion")
    new.chooses.setChecked(True)
    new.classes.line(0).setText("benign")
    assert not new.make.isEnabled()
    new.classes.line(1).setText("malignant")
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        new.make.click()

    settings = session_of(dock).project.settings
    assert list(settings.tasks) == ["segmentation", "classification"]
    assert settings.tasks["classification"].scheme.names == ("benign", "malignant")


def test_masks_may_come_along_as_drafts(docks, qtbot, tmp_path):
    write_images(tmp_path / "scans", 2)
    mask = np.zeros((9, 10, 6), np.uint8)
    mask[3:5, 4:6, 2] = 1
    (tmp_path / "masks").mkdir()
    nib.save(nib.Nifti1Image(mask, np.diag([1.0, 1.0, 2.0, 1.0])), tmp_path / "masks" / "case_0.nii.gz")
    dock = docks()
    new = dock.panels.new_project
    new.images.show_folder(tmp_path / "scans")
    new.masks.show_folder(tmp_path / "masks")
    new.drafts.setChecked(True)
    new.structures.line(0).setText("lesion")
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        new.make.click()
    assert all(item.case.state is not CaseState.ACCEPTED for item in dock.desk.items)

    with qtbot.waitSignal(dock.desk.case_opened, timeout=20_000):
        dock.desk.open_case("case_0")
    assert np.count_nonzero(dock.layers.mask()) == 4


def test_a_folder_without_images_is_told_and_nothing_is_made(docks, qtbot, tmp_path):
    (tmp_path / "empty").mkdir()
    dock = docks()
    new = dock.panels.new_project
    dock.panels.show_new_project()
    new.images.show_folder(tmp_path / "empty")
    qtbot.waitUntil(lambda: "no image" in new.found.text(), timeout=60_000)
    new.structures.line(0).setText("lesion")

    with qtbot.waitSignal(dock.beginning.failed, timeout=60_000):
        new.make.click()

    assert "found no image" in new.problem.text()
    assert not (tmp_path / "empty-medal").exists()
    assert new.make.isEnabled()


def test_a_folder_that_holds_something_is_not_overwritten(docks, qtbot, tmp_path):
    write_images(tmp_path / "scans", 1)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("years of work")
    dock = docks()
    new = dock.panels.new_project
    new.images.show_folder(tmp_path / "scans")
    new.folder.show_folder(tmp_path / "taken")
    new.structures.line(0).setText("lesion")

    with qtbot.waitSignal(dock.beginning.failed, timeout=60_000):
        new.make.click()

    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["thesis.txt"]


def test_back_leads_to_the_project_that_is_open(dock, qtbot):
    qtbot.mouseClick(dock.panels.header.new, Qt.MouseButton.LeftButton)
    assert dock.panels.new_project.isVisibleTo(dock)
    qtbot.mouseClick(dock.panels.new_project.back, Qt.MouseButton.LeftButton)
    assert dock.panels.work_list.isVisibleTo(dock)


def test_the_sample_project_is_made_once_and_opened_again(docks, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    dock = docks()
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.panels.welcome.sample.click()
    assert session_of(dock).project.folder == tmp_path / beginning.SAMPLE_FOLDER
    assert sum(item.case.state is CaseState.ACCEPTED for item in dock.desk.items) == 5
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        dock.panels.welcome.sample.click()


def test_projects_opened_last_are_offered_and_those_that_are_gone_are_not(docks, qtbot, tmp_path, project_folder):
    remember_project(tmp_path / "gone")
    remember_project(project_folder)
    dock = docks()
    qtbot.waitUntil(lambda: bool(dock.panels.welcome.recent_buttons), timeout=10_000)
    (button,) = dock.panels.welcome.recent_buttons
    assert button.text() == project_folder.name
    with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_only_the_last_few_projects_are_remembered_the_latest_first(tmp_path, count):
    folders = [tmp_path / str(number) for number in range(count)]
    for folder in folders:
        folder.mkdir()
        (folder / "medal.toml").touch()
        remember_project(folder)

    assert recent_projects() == folders[::-1][:5]


def test_lines_of_labels_come_and_go(docks, qtbot):
    lines = docks().panels.new_project.structures
    lines.line(0).setText("liver")
    lines.add.click()
    lines.line(1).setText(" tumour ")
    lines.add.click()
    assert lines.names == ("liver", "tumour")
