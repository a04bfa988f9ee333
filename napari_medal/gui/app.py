"""A viewer of one's own, with the dock in it."""

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QEventLoop, QTimer, SignalInstance

from napari_medal.errors import MedalError

if TYPE_CHECKING:
    from napari.viewer import Viewer

    from napari_medal.gui.dock import MedalDock

_SIZE = (1600, 1000)
_PATIENCE_MS = 120_000
_SETTLE_MS = 400


def run_viewer(folder: Path | None, screenshots: Path | None = None) -> list[Path]:
    """Show the dock in a napari viewer until its window is closed.

    Args:
        folder: Project to open.
        screenshots: Folder for a picture of each tab beside the first ranked case; with it the viewer closes by itself.

    Returns:
        The pictures.

    Raises:
        MedalError: A project of which pictures are wanted cannot be opened.
    """
    import napari

    from napari_medal.gui.dock import MedalDock

    viewer = napari.Viewer(title="napari-medal")
    viewer.window.resize(*_SIZE)
    dock = MedalDock(viewer)
    viewer.window.add_dock_widget(dock, name="Medal", area="right")
    try:
        if screenshots is not None and folder is not None:
            return _take_pictures(viewer, dock, folder, screenshots)
        if folder is not None:
            dock.open_project(folder)
        napari.run()
        return []
    finally:
        dock.close_down()
        if screenshots is not None:
            viewer.close()


def _take_pictures(viewer: "Viewer", dock: "MedalDock", folder: Path, pictures: Path) -> list[Path]:
    pictures.mkdir(parents=True, exist_ok=True)
    dock.open_project(folder)
    _wait_for(dock.desk.list_changed, dock)
    if any(item.rank is not None for item in dock.desk.items):
        dock.desk.open_next()
        _wait_for(dock.desk.case_opened, dock)
    dock.panels.reading.uncertainty.setChecked(True)
    taken = []
    for name, panel in {
        "reading": dock.panels.work_list,
        "drawing": dock.panels.drawing,
        "viewing": dock.panels.viewing,
        "review": dock.panels.review,
        "history": dock.panels.revisions,
        "training": dock.panels.training_page,
        "export": dock.panels.export,
    }.items():
        dock.panels.tabs.setCurrentWidget(panel)
        taken.append(take_picture(viewer, pictures / f"{name}.png"))
    return taken


def take_picture(viewer: "Viewer", path: Path) -> Path:
    """Write a picture of the whole window, once it has settled."""
    _rest(_SETTLE_MS)
    viewer.screenshot(str(path), canvas_only=False, flash=False)
    return path


def _wait_for(signal: SignalInstance, dock: "MedalDock") -> None:
    """Let the window live until a signal comes.

    Raises:
        MedalError: The desk failed instead, or nothing came for two minutes.
    """
    loop = QEventLoop()
    problems: list[Exception] = []
    came: list[bool] = []

    def on_came() -> None:
        came.append(True)
        loop.quit()

    def on_failed(error: Exception) -> None:
        problems.append(error)
        loop.quit()

    signal.connect(on_came)
    dock.desk.failed.connect(on_failed)
    QTimer.singleShot(_PATIENCE_MS, loop.quit)
    loop.exec()
    signal.disconnect(on_came)
    dock.desk.failed.disconnect(on_failed)
    if problems:
        raise problems[0]
    if not came:
        msg = f"Nothing was heard of the project for {_PATIENCE_MS // 1000} seconds."
        raise MedalError(msg)


def _rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
