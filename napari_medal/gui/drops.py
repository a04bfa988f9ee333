"""Files and folders that are dropped on the dock."""

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QEvent, QObject, Signal
from qtpy.QtGui import QDropEvent
from qtpy.QtWidgets import QWidget

from napari_medal.gui.panels.source_form import AskedSource

_PROJECT_FILE = "medal.toml"


class Drops(QObject):
    """Takes what is dropped on a widget for a project, or for images; the viewer's own drops are left alone.

    Args:
        target: Where things are dropped.
        parent: Qt parent.
    """

    project_dropped = Signal(object)
    """(folder: Path)"""
    images_dropped = Signal(object)
    """(AskedSource)"""
    refused = Signal(str)
    """Why nothing came of it."""

    def __init__(self, target: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take what holds files of this computer; napari has the rest."""
        if isinstance(event, QDropEvent) and event.type() in (
            QEvent.Type.DragEnter,
            QEvent.Type.DragMove,
            QEvent.Type.Drop,
        ):
            paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
            if paths:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self.take(paths)
                return True
        return bool(super().eventFilter(watched, event))

    def take(self, paths: Sequence[Path]) -> None:
        """Say what was dropped: a project, a folder of images, or some files of one folder."""
        if len(paths) == 1 and paths[0].name == _PROJECT_FILE:
            self.project_dropped.emit(paths[0].parent)
        elif len(paths) == 1 and (paths[0] / _PROJECT_FILE).exists():
            self.project_dropped.emit(paths[0])
        elif len(paths) == 1 and paths[0].is_dir():
            self.images_dropped.emit(AskedSource(paths[0]))
        elif len({path.parent for path in paths}) == 1:
            files = tuple(file for path in paths for file in _files(path))
            self.images_dropped.emit(AskedSource(paths[0].parent, files=files))
        else:
            self.refused.emit("Found files of several folders; drop those of one folder at a time.")


def _files(path: Path) -> list[Path]:
    """Return the file, or those below a folder."""
    return sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
