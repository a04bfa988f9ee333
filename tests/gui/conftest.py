import gc
from collections.abc import Iterator
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from qtpy.QtCore import QSettings

from napari_medal.core.progress import Silent
from napari_medal.gui.dock import MedalDock
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.session import Session, installed_extensions, open_session
from tests.loop.conftest import empty_mask

SEGMENTATION = TaskWish("segmentation", ("1=anterior", "2=posterior"))
CLASSIFICATION = TaskWish("classification", ("normal", "atrophic"))


@pytest.fixture(autouse=True, scope="session")
def _leave_what_is_there() -> None:
    """Keep the garbage collector from what earlier tests imported: napari calls it for each layer that goes."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


def write_images(folder: Path, count: int, shape: tuple[int, int, int] = (9, 10, 6)) -> None:
    """Write small volumes (x, y, z) with a bright block."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for index in range(count):
        image = rng.normal(100, 10, shape).astype(np.float32)
        image[2:6, 3:7, 1:4] += 200
        nib.save(nib.Nifti1Image(image, np.diag([1.0, 1.0, 2.0, 1.0])), folder / f"case_{index}.nii.gz")


def make_project(root: Path, *wishes: TaskWish, count: int = 3) -> Path:
    """Make a project on disk and return its folder."""
    write_images(root / "images", count)
    session = new_project(root / "project", "Trial", wishes, installed_extensions())
    add_cases(session, Source(root / "images"), Silent())
    session.close()
    return root / "project"


def label_blocks(folder: Path, *cases: str) -> None:
    """Let ann accept a block in each of these cases of a project that segments."""
    session = open_session(folder)
    for case in cases:
        mask = empty_mask(session, case)
        mask[1:4, 3:7, 2:5] = 1
        accept_mask(session, SEGMENTATION.task, case, mask, Reading("ann", 60.0))
    session.close()


@pytest.fixture
def project_folder(tmp_path: Path) -> Path:
    return make_project(tmp_path, SEGMENTATION)


@pytest.fixture
def class_folder(tmp_path: Path) -> Path:
    return make_project(tmp_path, CLASSIFICATION)


@pytest.fixture
def docks(make_napari_viewer, qtbot) -> Iterator:
    """Return a maker of docks, each in a viewer of its own; all are closed at the end."""
    made: list[MedalDock] = []

    def make(folder: Path | None = None, show: bool = False) -> MedalDock:
        viewer = make_napari_viewer(show=show)
        dock = MedalDock(viewer)
        viewer.window.add_dock_widget(dock, name="Medal", area="right")
        made.append(dock)
        if folder is not None:
            with qtbot.waitSignal(dock.desk.list_changed, timeout=60_000):
                dock.open_project(folder)
        return dock

    yield make
    for dock in made:
        dock.close_down()
    made.clear()
    qtbot.wait(50)  # widgets that were given up go with the event loop


@pytest.fixture
def dock(docks, project_folder) -> MedalDock:
    return docks(project_folder)


def session_of(dock: MedalDock) -> Session:
    session = dock.desk.session
    assert session is not None
    return session
