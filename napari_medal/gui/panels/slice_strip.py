"""The slices of a case on one line: where the model is unsure, what was looked at, what was confirmed."""

from collections.abc import Collection, Sequence

from qtpy.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

_UNSURE = QColor("#f6a21e")
_SEEN = QColor("#2f9e6e")
_CONFIRMED = QColor("#3b82f6")
_HEIGHT = 34
_BAR = 4
_MARK = 5


class SliceStrip(QWidget):
    """Shows the axial slices from first to last; a click goes to one.

    Bright orange is where the model is unsure. Triangles above mark the places worth looking at, the green line below
    the slices that were looked at, the blue line under it those that were confirmed.
    """

    slice_requested = Signal(int)
    """(slice, from 0)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._current = 0
        self._uncertainty: Sequence[float] = ()
        self._places: Collection[int] = ()
        self._seen: Collection[int] = ()
        self._confirmed: Collection[int] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Slices")
        self.setToolTip("The slices of the case; click one to go there")

    def show_slices(self, count: int, uncertainty: Sequence[float], places: Collection[int]) -> None:
        """Show a case: its number of slices, how unsure the model is in each (may be empty), and the places."""
        self._count, self._uncertainty, self._places = count, uncertainty, places
        self._current, self._seen, self._confirmed = 0, (), ()
        self.update()

    def show_current(self, index: int) -> None:
        """Show which slice is in view."""
        self._current = index
        self.update()

    def show_seen(self, slices: Collection[int]) -> None:
        """Show which slices were looked at."""
        self._seen = slices
        self.update()

    def show_confirmed(self, slices: Collection[int]) -> None:
        """Show which slices were confirmed."""
        self._confirmed = slices
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for one line."""
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Do with less width."""
        return QSize(80, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        """Draw the line."""
        if self._count == 0:
            return
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        top, bottom = float(_MARK + 2), float(self.height() - 2 * _BAR)
        painter.setBrush(self.palette().color(self.backgroundRole()).darker(140))
        painter.drawRect(QRectF(0, top, self.width(), bottom - top))
        highest = max(self._uncertainty, default=0.0)
        for index, value in enumerate(self._uncertainty):
            if highest > 0:
                color = QColor(_UNSURE)
                color.setAlphaF(min(1.0, max(0.0, value / highest)))
                painter.fillRect(self._column(index, top, bottom - top), color)
        for slices, color, place in ((self._seen, _SEEN, bottom), (self._confirmed, _CONFIRMED, bottom + _BAR)):
            for index in slices:
                painter.fillRect(self._column(index, place + 1, _BAR - 1), color)
        self._draw_places(painter)
        painter.fillRect(
            self._line(self._current, top - 2, bottom - top + 4), self.palette().color(self.foregroundRole())
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the slice under the pointer."""
        self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the pointer while it is pressed."""
        self._go_to(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Step with the arrow keys."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self._current + step < self._count:
            self.slice_requested.emit(self._current + step)

    def event(self, event: QEvent) -> bool:
        """Say what is known of the slice under the pointer."""
        if isinstance(event, QHelpEvent) and self._count:
            QToolTip.showText(event.globalPos(), self.describe(self._index(event.x())), self)
            return True
        return bool(super().event(event))

    def describe(self, index: int) -> str:
        """Return what is known of a slice, in words."""
        parts = [f"Slice {index + 1} of {self._count}"]
        if index < len(self._uncertainty):
            parts.append(f"uncertainty {self._uncertainty[index]:.2f}")
        if index in self._places:
            parts.append("worth looking at")
        parts.append("looked at" if index in self._seen else "not looked at yet")
        if index in self._confirmed:
            parts.append("confirmed")
        return " · ".join(parts)

    def _draw_places(self, painter: QPainter) -> None:
        painter.setBrush(self.palette().color(self.foregroundRole()))
        for index in self._places:
            if index not in self._seen:
                middle = round(self._column(index, 0, 1).center().x())
                corners = (QPoint(middle - 4, 0), QPoint(middle + 4, 0), QPoint(middle, _MARK))
                painter.drawPolygon(QPolygonF([corner.toPointF() for corner in corners]))

    def _column(self, index: int, top: float, height: float) -> QRectF:
        width = self.width() / self._count
        return QRectF(index * width, top, max(1.0, width), height)

    def _line(self, index: int, top: float, height: float) -> QRectF:
        return QRectF(self._column(index, top, height).center().x() - 1, top, 2, height)

    def _index(self, x: float) -> int:
        return min(self._count - 1, max(0, int(x * self._count / max(1, self.width()))))

    def _go_to(self, x: float) -> None:
        if self._count:
            self.slice_requested.emit(self._index(x))
