"""Make the pictures of the documentation: a phantom project after a few simulated rounds, in the real viewer.

`make shots` runs it, under a virtual screen where there is none.
"""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import napari
import nibabel as nib
import numpy as np
from qtpy.QtWidgets import QApplication

from napari_medal.catalogue.settings import save_settings
from napari_medal.core.case import CaseState
from napari_medal.core.learning import Learning
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.progress import Silent
from napari_medal.core.quantity import Quantity
from napari_medal.gui.app import run_viewer, take_picture
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.key_sheet import KeySheet
from napari_medal.gui.panels.source_form import AskedSource
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import Meanings, TaskWish, new_project, wishes
from napari_medal.loop.making import ProjectWish, make_project
from napari_medal.loop.samples import PHANTOM, Sample, get_sample
from napari_medal.loop.session import installed_extensions, open_session
from napari_medal.loop.simulation import SimulationOptions, simulate

_IMAGES = Path(__file__).parent / "images"
_PATIENCE_SECONDS = 60.0


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sample = get_sample(PHANTOM, folder, cases=24, seed=1, progress=Silent())
        wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
        session = new_project(folder / "project", "phantoms", [wish], installed_extensions())
        add_cases(session, Source(sample.images), Silent())
        options = SimulationOptions(start=5, batch=3, rounds=1, validation=0.15, test=0.15)
        simulate(session, "segmentation", sample.labels, options, Silent())
        session.close()
        _write_guideline(folder / "project")
        pictures = [*_beginning(folder, sample.images), *run_viewer(folder / "project", folder / "pictures")]
        pictures += [*_small_views(folder, sample), _history(folder), _classes(folder, sample)]
        pictures += [_values(folder, sample), _learning(folder), _order(folder), _adding(folder, sample)]
        pictures += [_trust(_audited(folder), folder), _shape(folder)]
        for picture in pictures:
            shutil.copyfile(picture, _IMAGES / picture.name)
            print(_IMAGES / picture.name)


def _beginning(folder: Path, images: Path) -> list[Path]:
    """Take pictures of the welcome, of a new project, and of the keys, on a small screen and a light theme."""
    viewer = napari.Viewer()
    viewer.theme = "light"
    viewer.window.resize(1366, 740)
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal", area="right")
    taken = [take_picture(viewer, folder / "welcome.png")]
    dock.panels.show_new_project()
    dock.panels.new_project.images.show_folder(images)
    dock.panels.new_project.structures.line(0).setText("hippocampus")
    _wait(lambda: bool(dock.panels.new_project.found.text()))
    taken.append(take_picture(viewer, folder / "new-project.png"))
    sheet = KeySheet(dock.shortcuts.keys)
    sheet.show()
    QApplication.processEvents()
    sheet.grab().save(str(folder / "keys.png"))
    sheet.close()
    dock.close_down()
    viewer.close()
    return [*taken, folder / "keys.png"]


def _small_views(folder: Path, sample: Sample) -> list[Path]:
    """Take pictures of a case with two sequences: side by side, and the label in 3D."""
    scans = folder / "scans"
    scans.mkdir()
    image, mask = (sorted(part.iterdir())[0] for part in (sample.images, sample.labels))
    first = nib.load(image)
    shutil.copyfile(image, scans / "exam_0000.nii.gz")
    other = np.sqrt(np.clip(first.get_fdata(), 0, None)).astype(np.float32)
    nib.save(nib.Nifti1Image(other, first.affine), scans / "exam_0001.nii.gz")
    shutil.copyfile(mask, scans / "exam_mask.nii.gz")
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
    made = ProjectWish(folder / "sequences", "two sequences", (wish,), Source(scans))
    make_project(made, installed_extensions(), Silent())
    viewer, dock = _open(folder / "sequences")
    dock.desk.open_case("exam")
    _wait(lambda: dock.desk.reading is not None)
    dock.panels.tabs.setCurrentWidget(dock.panels.viewing)
    dock.panels.viewing.solid.setChecked(True)
    _wait(lambda: dock.viewing.views.solid is not None)
    taken = [take_picture(viewer, folder / "solid.png")]
    dock.panels.viewing.solid.setChecked(False)
    dock.viewing.toggle_small()
    taken.append(take_picture(viewer, folder / "sequences.png"))
    dock.close_down()
    viewer.close()
    return taken


def _history(folder: Path) -> Path:
    """Take a picture of an accepted case that was drawn on since."""
    viewer, dock = _open(folder / "project")
    accepted = [item.case.name for item in dock.desk.items if item.case.state is CaseState.ACCEPTED]
    dock.desk.open_case(accepted[-1])
    _wait(lambda: dock.panels.revisions.table.rowCount() > 0)
    dock.panels.tabs.setCurrentWidget(dock.panels.revisions)
    label = dock.layers.label
    _, y, x = np.argwhere(label.data[dock.layers.slice_at_hand, None] == 1)[0]
    label.brush_size = 8
    for value, row in ((1, y - 2), (0, y + 12)):
        label.paint((dock.layers.slice_at_hand, row, x), value)
    dock.panels.revisions.table.selectRow(0)
    dock.panels.revisions.compare.click()
    _wait(lambda: dock.layers.difference.is_shown)
    picture = take_picture(viewer, folder / "history.png")
    dock.close_down()
    viewer.close()
    return picture


def _classes(folder: Path, sample: Sample) -> Path:
    """Take a picture of a task that asks for a class."""
    wish = TaskWish("classification", ("normal", "atrophic"))
    made = ProjectWish(folder / "classes", "a class for each case", (wish,), Source(sample.images))
    make_project(made, installed_extensions(), Silent())
    viewer, dock = _open(folder / "classes")
    dock.desk.open_next()
    _wait(lambda: dock.desk.reading is not None)
    picture = take_picture(viewer, folder / "classes.png")
    dock.close_down()
    viewer.close()
    return picture


def _values(folder: Path, sample: Sample) -> Path:
    """Take a picture of a task that asks for a number."""
    meaning = Meanings(quantity=Quantity("age", "years", 0.0, 110.0))
    asked = wishes(["regression"], meaning, None, None, installed_extensions())
    made = ProjectWish(folder / "values", "an age for each case", tuple(asked), Source(sample.images))
    make_project(made, installed_extensions(), Silent())
    viewer, dock = _open(folder / "values")
    dock.desk.open_next()
    _wait(lambda: dock.desk.reading is not None)
    picture = take_picture(viewer, folder / "values.png")
    dock.close_down()
    viewer.close()
    return picture


def _learning(folder: Path) -> Path:
    """Take a picture of how a task learns, with a real search for the learning rate."""
    viewer, dock = _open(folder / "project")
    dock.panels.tabs.setCurrentWidget(dock.panels.training)
    dock.panels.training.learning.click()
    dialog = dock.learning.dialog
    dialog.search.click()
    _wait(lambda: dialog.plot.isVisibleTo(dialog))
    QApplication.processEvents()
    picture = folder / "learning.png"
    dialog.grab().save(str(picture))
    dock.close_down()
    viewer.close()
    return picture


def _order(folder: Path) -> Path:
    """Take a picture of what a task asks for."""
    viewer, dock = _open(folder / "project")
    dock.panels.work_list.order_requested.emit()
    _wait(lambda: dock.choices.dialog is not None)
    QApplication.processEvents()
    picture = folder / "order.png"
    dock.choices.dialog.grab().save(str(picture))
    dock.close_down()
    viewer.close()
    return picture


def _adding(folder: Path, sample: Sample) -> Path:
    """Take a picture of images that were added to a project, one broken and one that can be repaired."""
    more = folder / "more scans"
    more.mkdir()
    for number, image in enumerate(sorted(sample.images.iterdir())[:4]):
        shutil.copyfile(image, more / f"late_{number}.nii.gz")
    (more / "late_4.nii.gz").write_bytes(b"<html>Not found</html>")
    first = nib.load(more / "late_0.nii.gz")
    holes = np.asarray(first.dataobj).astype(np.float32)
    holes[:2] = np.nan
    nib.save(nib.Nifti1Image(holes, first.affine), more / "late_0.nii.gz")
    viewer, dock = _open(folder / "classes")
    dock.adding.open(dock, AskedSource(more))
    dialog = dock.adding.dialog
    _wait(lambda: bool(dialog.form.found.text()))
    dialog.add.click()
    _wait(lambda: bool(dialog.arrivals.arrivals))
    QApplication.processEvents()
    picture = folder / "adding.png"
    dialog.grab().save(str(picture))
    dock.close_down()
    viewer.close()
    return picture


def _audited(folder: Path) -> Path:
    """Make a project in which every second case is an audit, and go some rounds."""
    sample = get_sample(PHANTOM, folder / "more", cases=30, seed=2, progress=Silent())
    wish = TaskWish("segmentation", ("1=anterior", "2=posterior"))
    session = new_project(folder / "audited", "phantoms", [wish], installed_extensions())
    add_cases(session, Source(sample.images), Silent())
    often = session.project.task_settings("segmentation").model_copy(update={"audit_every": 2})
    settings = session.project.settings.model_copy(update={"tasks": {"segmentation": often}})
    save_settings(session.project.folder, settings)
    session.close()
    session = open_session(folder / "audited")
    options = SimulationOptions(start=4, batch=6, rounds=3, validation=0.15, test=0.05)
    simulate(session, "segmentation", sample.labels, options, Silent())
    session.close()
    return folder / "audited"


def _trust(project: Path, folder: Path) -> Path:
    """Take a picture of what audits, the curve and the ranking tell."""
    viewer, dock = _open(project)
    _wait(lambda: dock.panels.training.trust.details.isEnabled())
    dock.panels.training.trust.details.click()
    dialog = dock.trust.dialog
    dialog.resize(960, 800)
    QApplication.processEvents()
    picture = folder / "trust.png"
    dialog.grab().save(str(picture))
    dock.close_down()
    viewer.close()
    return picture


def _shape(folder: Path) -> Path:
    """Take a picture of a task that measures its masks, with what it draws."""
    sample = get_sample(PHANTOM, folder / "shapes", cases=14, seed=3, progress=Silent())
    for path in sample.labels.iterdir():
        mask = nib.load(path)
        nib.save(nib.Nifti1Image(np.uint8(mask.get_fdata() > 0), mask.affine), path)
    task, tasks = "lower-grade-glioma", [TaskWish("lower-grade-glioma", ("1=tumour",), recipe="unet-2d")]
    session = new_project(folder / "measured", "phantoms", tasks, installed_extensions())
    add_cases(session, Source(sample.images), Silent())
    short = PlanChanges(cold_steps=120, warm_steps=40)
    quick = session.project.task_settings(task).model_copy(update={"plan": short, "learning": Learning(members=2)})
    save_settings(session.project.folder, session.project.settings.model_copy(update={"tasks": {task: quick}}))
    session.close()
    session = open_session(folder / "measured")
    options = SimulationOptions(start=8, batch=2, rounds=1, validation=0.15, test=0.05)
    simulate(session, task, sample.labels, options, Silent())
    session.close()
    viewer, dock = _open(folder / "measured")
    accepted = [item.case.name for item in dock.desk.items if item.case.state is CaseState.ACCEPTED]
    dock.desk.open_case(accepted[0])
    _wait(lambda: dock.desk.reading is not None)
    shown: list[bool] = []
    dock.features.cohort_shown.connect(lambda: shown.append(True))
    dock.panels.tabs.setCurrentWidget(dock.panels.feature_page)
    _wait(lambda: bool(shown) and bool(dock.features.panel.sketches.boxes))
    for box in dock.features.panel.sketches.boxes:
        box.click()
    areas = np.count_nonzero(dock.layers.label.data, axis=(1, 2))
    dock.layers.go_to_slice(int(areas.argmax()))
    dock.viewing.toggle_outline()
    _wait(lambda: bool(dock.viewing.views.large.view.glass.sketches))
    picture = take_picture(viewer, folder / "shape.png")
    dock.close_down()
    viewer.close()
    return picture


def _open(project: Path) -> tuple[napari.Viewer, MedalDock]:
    viewer = napari.Viewer()
    viewer.window.resize(1600, 1000)
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal", area="right")
    dock.open_project(project)
    _wait(lambda: bool(dock.desk.items))
    return viewer, dock


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while not is_so() and time.monotonic() < until:
        QApplication.processEvents()


def _write_guideline(project: Path) -> None:
    text = "# How to draw\n\n- **anterior**: the front half\n- **posterior**: the rest, up to the tail\n"
    (project / "guideline.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
