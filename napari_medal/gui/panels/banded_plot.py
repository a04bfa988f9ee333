"""Points, and a line with a band."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from qtpy.QtWidgets import QVBoxLayout, QWidget

_INK = "#9a9a9a"
_LINE = "#e6a23c"
_POINTS = "#5aa9e6"
_BAND = (230, 162, 60, 50)


class BandedPlot(QWidget):
    """A plot that cannot be moved; resting on a point tells what it is.

    Args:
        bottom: What is drawn along.
        tip: What the plot shows, in words.
        parent: Qt parent.
    """

    def __init__(self, bottom: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = pg.PlotWidget(background=None)
        self._plot.setMinimumSize(300, 220)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.showGrid(x=True, y=True, alpha=0.15)
        self._plot.setLabel("bottom", bottom, color=_INK)
        self._plot.setToolTip(tip)
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.enableAutoSIPrefix(False)
            axis.setPen(_INK)
            axis.setTextPen(_INK)
        self._low, self._high = pg.PlotDataItem(), pg.PlotDataItem()
        self.band = pg.FillBetweenItem(self._low, self._high, brush=pg.mkBrush(_BAND))
        self.line = pg.PlotDataItem(pen=pg.mkPen(_LINE, width=2))
        self.bars = pg.ErrorBarItem(x=np.empty(0), y=np.empty(0), pen=pg.mkPen(_POINTS))
        self.points = pg.ScatterPlotItem(size=9, pen=None, brush=pg.mkBrush(_POINTS), hoverable=True, tip=_told)
        for item in (self.band, self.line, self.bars, self.points):
            self._plot.addItem(item)
        self.bars.hide()  # without bars it would claim the origin
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)

    def set_left(self, title: str) -> None:
        """Say what is drawn upwards."""
        self._plot.setLabel("left", title, color=_INK)

    def show_points(self, x: Sequence[float], y: Sequence[float], tips: Sequence[str]) -> None:
        """Draw points, each with what it is."""
        self.points.setData(x=list(x), y=list(y), data=list(tips))

    def show_bars(self, x: Sequence[float], y: Sequence[float], low: Sequence[float], high: Sequence[float]) -> None:
        """Draw the intervals of points."""
        middle = np.asarray(y, dtype=np.float64)
        self.bars.setVisible(len(middle) > 0)
        self.bars.setData(
            x=np.asarray(x, dtype=np.float64), y=middle, top=np.asarray(high) - middle, bottom=middle - np.asarray(low)
        )

    def show_band(
        self, x: Sequence[float], values: Sequence[float], low: Sequence[float], high: Sequence[float]
    ) -> None:
        """Draw a line; and a band around it, if its ends are known."""
        self.line.setData(list(x), list(values))
        is_known = len(x) > 0 and not np.isnan(np.array([low, high])).any()
        self._low.setData(list(x) if is_known else [], list(low) if is_known else [])
        self._high.setData(list(x) if is_known else [], list(high) if is_known else [])
        self.band.setVisible(is_known)


def _told(x: float, y: float, data: str) -> str:  # noqa: ARG001 - the point says it already
    return data
