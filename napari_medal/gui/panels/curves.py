"""The loss and the validation of a training, live."""

import pyqtgraph as pg
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_medal.core.progress import CurvePoint

LOSS = "loss"
VALIDATION = "validation"

_INK = "#9a9a9a"
_COLORS = {LOSS: "#e6a23c", VALIDATION: "#5aa9e6"}
_TITLES = {LOSS: "Loss", VALIDATION: "Validation"}
_MOST_DRAWN = 2000


class Curves(QWidget):
    """Two plots, one above the other, over the same steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: dict[str, list[tuple[int, float]]] = {LOSS: [], VALIDATION: []}
        self._plots = {curve: _plot(curve) for curve in self._points}
        self._lines = {curve: _line(plot, curve) for curve, plot in self._plots.items()}
        self._plots[VALIDATION].setXLink(self._plots[LOSS])
        self._plots[VALIDATION].setLabel("bottom", "Optimiser step", color=_INK)
        self._plots[LOSS].setToolTip("How far the network is from the labels it learns from; lower is better")
        self._plots[VALIDATION].setToolTip("How well it does on cases it never learns from; higher is better")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for plot in self._plots.values():
            layout.addWidget(plot)

    def clear(self) -> None:
        """Forget all points."""
        for curve, points in self._points.items():
            points.clear()
            self._draw(curve)

    def add(self, point: CurvePoint) -> None:
        """Add a point; curves of other names are not drawn."""
        if point.curve in self._points:
            self._points[point.curve].append((point.step, point.value))
            self._draw(point.curve)

    def points(self, curve: str) -> list[tuple[int, float]]:
        """Return the (step, value) pairs of a curve."""
        return list(self._points[curve])

    def _draw(self, curve: str) -> None:
        points = self._points[curve]
        shown = points[:: 1 + len(points) // _MOST_DRAWN]
        self._lines[curve].setData([step for step, _ in shown], [value for _, value in shown])


def _plot(curve: str) -> pg.PlotWidget:
    plot = pg.PlotWidget(background=None)
    plot.setMinimumHeight(110)
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.showGrid(x=False, y=True, alpha=0.15)
    plot.setLabel("left", _TITLES[curve], color=_INK)
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.enableAutoSIPrefix(False)
        axis.setPen(_INK)
        axis.setTextPen(_INK)
    plot.getAxis("left").setWidth(58)
    return plot


def _line(plot: pg.PlotWidget, curve: str) -> pg.PlotDataItem:
    symbol = "o" if curve == VALIDATION else None
    return plot.plot(
        pen=pg.mkPen(_COLORS[curve], width=2), symbol=symbol, symbolSize=6, symbolBrush=_COLORS[curve], symbolPen=None
    )
