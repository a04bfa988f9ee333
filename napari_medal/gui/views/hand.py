"""What the mouse does in a view while a tool is in hand."""

from dataclasses import dataclass
from enum import Enum, auto

from qtpy.QtCore import QEvent, QObject, Qt, Signal
from qtpy.QtGui import QMouseEvent

from napari_medal.gui.views.view import View

_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class Tool(Enum):
    """What a drag does instead of painting or moving the image."""

    CROSSHAIR = auto()
    WINDOW = auto()
    MEASURE = auto()


@dataclass(frozen=True)
class Pointer:
    """The mouse over a view, in pixels of its canvas."""

    view: View
    x: float
    y: float


class Hand(QObject):
    """Watches canvases; while a tool is in hand, napari hears nothing of the left button.

    A tool is in hand while its key is held, or for good when it was chosen; Control moves the crosshair.
    """

    moved = Signal(object)
    """(Pointer): the mouse is over a view, whatever it does."""
    began = Signal(object, object)
    """(Tool, Pointer)"""
    dragged = Signal(object, object)
    """(Tool, Pointer)"""
    ended = Signal(object)
    """(Tool)"""
    chosen_changed = Signal(object)
    """(Tool | None): the tool that is in hand for good."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: list[View] = []
        self._held: Tool | None = None
        self._chosen: Tool | None = None
        self._dragging: Tool | None = None
        self._last: Pointer | None = None

    def watch(self, view: View) -> None:
        """Watch a view."""
        self._views.append(view)
        view.native.installEventFilter(self)

    def forget(self, view: View) -> None:
        """Watch a view no more."""
        self._views.remove(view)
        view.native.removeEventFilter(self)
        if self._last is not None and self._last.view is view:
            self._last = None

    def hold(self, tool: Tool) -> None:
        """Take a tool as long as its key is held; the crosshair comes to the mouse at once."""
        self._held = tool
        if tool is Tool.CROSSHAIR and self._last is not None and self._last.view.native.underMouse():
            self.began.emit(tool, self._last)
            self.ended.emit(tool)

    def let_go(self) -> None:
        """The key is no longer held."""
        self._held = None

    def choose(self, tool: Tool | None) -> None:
        """Take a tool for good; None for napari's own."""
        if tool is not self._chosen:
            self._chosen = tool
            self.chosen_changed.emit(tool)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take what is meant for a tool."""
        if event.type() == QEvent.Type.FocusOut:
            self._held = None
        if not isinstance(event, QMouseEvent):
            return False
        view = next((view for view in self._views if view.native is watched), None)
        if view is None:
            return False
        pointer = Pointer(view, event.position().x(), event.position().y())
        self._last = pointer
        if event.type() in _PRESSES:
            return self._on_press(event, pointer)
        if event.type() == QEvent.Type.MouseMove:
            return self._on_move(pointer)
        return self._on_release(event)

    def _on_press(self, event: QMouseEvent, pointer: Pointer) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        tool = self._held or self._chosen
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            tool = Tool.CROSSHAIR
        if tool is None:
            return False
        pointer.view.native.setFocus()
        self._dragging = tool
        self.began.emit(tool, pointer)
        return True

    def _on_move(self, pointer: Pointer) -> bool:
        self.moved.emit(pointer)
        if self._dragging is not None:
            self.dragged.emit(self._dragging, pointer)
            return True
        if self._held is Tool.CROSSHAIR:
            self.dragged.emit(Tool.CROSSHAIR, pointer)
        return False

    def _on_release(self, event: QMouseEvent) -> bool:
        if self._dragging is None or event.button() != Qt.MouseButton.LeftButton:
            return False
        tool, self._dragging = self._dragging, None
        self.ended.emit(tool)
        return True
