"""The loss over the learning rate."""

import math
from typing import TYPE_CHECKING

import pyqtgraph as pg
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from napari_medal.engine.learning_rates import LearningRates

_INK = "#9a9a9a"
_LINE = "#e6a23c"
_MARK = "#5aa9e6"


class RatePlot(QWidget):
    """Draws the loss at each learning rate, and a line at the rate to take."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = pg.PlotWidget(background=None)
        self._plot.setMinimumHeight(140)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setLogMode(x=True, y=False)
        self._plot.showGrid(x=True, y=True, alpha=0.15)
        self._plot.setLabel("left", "Loss", color=_INK)
        self._plot.setLabel("bottom", "Learning rate", color=_INK)
        self._plot.setToolTip("The loss as the learning rate rises; take a rate at which it falls steeply")
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setPen(_INK)
            axis.setTextPen(_INK)
        self._line = self._plot.plot(pen=pg.mkPen(_LINE, width=2))
        self._mark = pg.InfiniteLine(angle=90, pen=pg.mkPen(_MARK, width=2, style=Qt.PenStyle.DashLine))
        self._mark.hide()
        self._plot.addItem(self._mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self.hide()

    def show_rates(self, found: "LearningRates") -> None:
        """Draw what was found."""
        self._line.setData(list(found.rates), list(found.losses))
        self._mark.setVisible(found.suggested is not None)
        if found.suggested is not None:
            self._mark.setValue(math.log10(found.suggested))
        self.show()

    @property
    def marked(self) -> float | None:
        """The rate that is marked."""
        return float(10 ** self._mark.value()) if self._mark.isVisible() else None
