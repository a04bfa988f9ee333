"""The small views in a row."""

from qtpy.QtCore import QSize, Signal
from qtpy.QtGui import QHideEvent, QShowEvent
from qtpy.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

_HEIGHT = 220


class Board(QWidget):
    """A row of panes that says when it comes to be seen, and when no longer."""

    shown_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("medalViews")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(2, 2, 2, 2)
        self._row.setSpacing(3)
        # Else napari puts an empty stretch beside.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def add(self, pane: QWidget, place: int) -> None:
        """Show a pane at a place from the left."""
        self._row.insertWidget(place, pane, 1)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Leave most of the window to the large view."""
        return QSize(600, _HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Be seen; a window that comes back from the task bar does not count."""
        super().showEvent(event)
        if not event.spontaneous():
            self.shown_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Be seen no longer."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.shown_changed.emit(False)
