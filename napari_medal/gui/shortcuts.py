"""The keys of the dock, and the one place where they are bound."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut, QWidget

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.viewer import Viewer


@dataclass(frozen=True)
class Key:
    """A key by napari's name and Qt's, what it does in words, and the doing; `released` ends what it holds."""

    napari_name: str
    qt_name: str
    text: str
    pressed: Callable[[], None]
    released: Callable[[], None] | None = None


class Shortcuts:
    """Binds keys in the canvas and in the dock. napari's keys for the selected layer always come first.

    Keys in the manifest would be nicer, but napari 0.9 ignores them.
    """

    def __init__(self, viewer: "Viewer", dock: QWidget, keys: tuple[Key, ...]) -> None:
        self.keys = keys
        self._viewer = viewer
        for key in keys:
            viewer.bind_key(key.napari_name, _for_canvas(key), overwrite=True)
        self._in_dock = [_for_dock(key, dock) for key in keys if key.released is None]

    def bind_in(self, model: "ViewerModel") -> None:
        """Bind the keys in another canvas too; they go with it."""
        for key in self.keys:
            model.bind_key(key.napari_name, _for_canvas(key), overwrite=True)

    def release(self) -> None:
        """Unbind the keys in the canvas; those in the dock go with it."""
        for key in self.keys:
            self._viewer.bind_key(key.napari_name, None)


def _for_canvas(key: Key) -> "Callable[[Viewer], Iterator[None] | None]":
    """Wrap a key as napari wants it: a generator runs on when the key is let go."""
    released = key.released
    if released is None:

        def press(viewer: "Viewer") -> None:  # noqa: ARG001 - napari hands it over
            key.pressed()

        return press

    def hold(viewer: "Viewer") -> Iterator[None]:  # noqa: ARG001 - napari hands it over
        key.pressed()
        yield
        released()

    return hold


def _for_dock(key: Key, dock: QWidget) -> QShortcut:
    shortcut = QShortcut(QKeySequence(key.qt_name), dock)
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(key.pressed)
    return shortcut
