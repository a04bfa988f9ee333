"""A mouse on a canvas, as the window system sends it."""

from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QWidget

_HEARD_MS = 40
"""napari hears of moves at most every five milliseconds."""

_NONE = Qt.KeyboardModifier.NoModifier


def send(native: QWidget, kind: QEvent.Type, at: tuple[float, float], held: bool, modifiers=_NONE) -> None:
    """Send one event of the left button at a pixel (x, y)."""
    moving = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if moving else Qt.MouseButton.LeftButton
    buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
    here = QPointF(*at)
    there = QPointF(native.mapToGlobal(here.toPoint()))
    QApplication.sendEvent(native, QMouseEvent(kind, here, there, button, buttons, modifiers))


def drag(native: QWidget, *places: tuple[float, float], modifiers=_NONE) -> None:
    """Press at the first place, move over the others, let go at the last; one place is a click."""
    send(native, QEvent.Type.MouseMove, places[0], held=False, modifiers=modifiers)
    send(native, QEvent.Type.MouseButtonPress, places[0], held=True, modifiers=modifiers)
    for place in places[1:]:
        send(native, QEvent.Type.MouseMove, place, held=True, modifiers=modifiers)
        QTest.qWait(_HEARD_MS)
    send(native, QEvent.Type.MouseButtonRelease, places[-1], held=False, modifiers=modifiers)
