"""Make the pictures of the documentation: a phantom project after a few simulated rounds, in the real viewer.

`make shots` runs it, under a virtual screen where there is none.
"""

import shutil
import tempfile
import time
from pathlib import Path

import napari
from qtpy.QtWidgets import QApplication

from napari_medal.core.progress import Silent
from napari_medal.gui.app import run_viewer, take_picture
from napari_medal.gui.dock import MedalDock
from napari_medal.gui.key_sheet import KeySheet
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.samples import PHANTOM, get_sample
from napari_medal.loop.session import installed_extensions
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
    with_survey = time.monotonic() + _PATIENCE_SECONDS
    while not dock.panels.new_project.found.text() and time.monotonic() < with_survey:
        QApplication.processEvents()
    taken.append(take_picture(viewer, folder / "new-project.png"))
    sheet = KeySheet(dock.shortcuts.keys)
    sheet.show()
    QApplication.processEvents()
    sheet.grab().save(str(folder / "keys.png"))
    sheet.close()
    dock.close_down()
    viewer.close()
    return [*taken, folder / "keys.png"]


def _write_guideline(project: Path) -> None:
    text = "# How to draw\n\n- **anterior**: the front half\n- **posterior**: the rest, up to the tail\n"
    (project / "guideline.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
