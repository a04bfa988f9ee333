"""Where a case lies among all others, in one figure."""

from collections.abc import Sequence
from enum import Enum

import numpy as np
import pyqtgraph as pg
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_medal.gui.case_figures import CaseFigures

_INK = "#9a9a9a"
_EDGE = "#808080"
"""Seen on dark and on light."""
_HEIGHT = 88
_ROWS = {False: 1.0, True: 0.0}
"""Where labels and predictions lie, one above the other."""
_SPREAD = 0.6
_GOLDEN = 0.618034
"""Steps of this part of a row leave no two neighbours at one height."""
_FEWEST = 4
"""Cases, for quartiles to mean something."""


class Look(Enum):
    """How the points of one kind look: symbol, size, colour. Told apart without colours too."""

    LABEL = ("o", 8, "#5aa9e6")
    PREDICTION = ("t1", 8, "#e6a23c")

    @classmethod
    def of(cls, is_prediction: bool) -> "Look":
        """Return that of a reader's mask or of a model's."""
        return cls.PREDICTION if is_prediction else cls.LABEL


class StripPlot(QWidget):
    """Points along an axis: labels above, predictions below, the quartiles of the labels as lines, the case at hand.

    Args:
        title: What is drawn along, with its unit.
        tip: What it says, in words.
        parent: Qt parent.
    """

    open_requested = Signal(str)
    """(name of the case): its point was clicked."""

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = pg.PlotWidget(background=None)
        self._plot.setFixedHeight(_HEIGHT)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.hideAxis("left")
        self._plot.setYRange(-0.5, 1.5)
        self._plot.setLabel("bottom", title, color=_INK)
        self._plot.setToolTip(f"{tip}. Lines: the quartiles of the labels. A click on a point opens its case")
        axis = self._plot.getAxis("bottom")
        axis.enableAutoSIPrefix(False)
        axis.setPen(_INK)
        axis.setTextPen(_INK)
        self.quartiles: list[pg.InfiniteLine] = []
        self.others = pg.ScatterPlotItem(hoverable=True, tip=_told)
        self.here = pg.ScatterPlotItem(hoverable=True, tip=_told)
        for place, item in enumerate((self.others, self.here)):
            item.setZValue(place + 1)
            self._plot.addItem(item)
        self.others.sigClicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)

    def show_others(self, figures: Sequence[tuple[CaseFigures, float]]) -> None:
        """Show the value of each other case; those that have none are left out."""
        known = [(case, value) for case, value in figures if np.isfinite(value)]
        places = [_SPREAD * (number * _GOLDEN % 1.0 - 0.5) for number in range(len(known))]
        looks = [Look.of(case.is_prediction).value for case, _ in known]
        self.others.setData(
            x=[value for _, value in known],
            y=[_ROWS[case.is_prediction] + place for (case, _), place in zip(known, places, strict=True)],
            symbol=[symbol for symbol, _, _ in looks],
            size=[size for _, size, _ in looks],
            brush=[
                pg.mkBrush(None if case.has_learned else color + "b0")
                for (case, _), (_, _, color) in zip(known, looks, strict=True)
            ],
            pen=[pg.mkPen(color + "b0") for _, _, color in looks],
            data=[case for case, _ in known],
        )

    def show_quartiles(self, values: Sequence[float]) -> None:
        """Draw the quartiles of these values as lines, the median solid; none of too few."""
        for line in self.quartiles:
            self._plot.removeItem(line)
        known = np.array([value for value in values if np.isfinite(value)])
        marks = np.quantile(known, (0.25, 0.5, 0.75)).tolist() if len(known) >= _FEWEST else []
        styles = (pg.QtCore.Qt.PenStyle.DashLine, pg.QtCore.Qt.PenStyle.SolidLine, pg.QtCore.Qt.PenStyle.DashLine)
        self.quartiles = [
            pg.InfiniteLine(mark, angle=90, pen=pg.mkPen(_INK, style=style))
            for mark, style in zip(marks, styles, strict=False)
        ]
        for line in self.quartiles:
            self._plot.addItem(line)

    def show_here(self, figures: Sequence[tuple[CaseFigures, float]]) -> None:
        """Mark the case at hand, once or twice: what is drawn, what is predicted."""
        known = [(case, value) for case, value in figures if np.isfinite(value)]
        looks = [Look.of(case.is_prediction).value for case, _ in known]
        self.here.setData(
            x=[value for _, value in known],
            y=[_ROWS[case.is_prediction] for case, _ in known],
            symbol=["d" if symbol == "o" else symbol for symbol, _, _ in looks],
            size=[2 * size for _, size, _ in looks],
            brush=[pg.mkBrush(color) for _, _, color in looks],
            pen=pg.mkPen(_EDGE, width=2),
            data=[case for case, _ in known],
        )

    def _on_clicked(self, item: object, points: Sequence[pg.SpotItem]) -> None:  # noqa: ARG002 - pyqtgraph hands it over
        self.open_requested.emit(points[0].data().case)


def _told(x: float, y: float, data: CaseFigures) -> str:  # noqa: ARG001 - the row says it already
    learned = ", by a model that had learned from its label" if data.has_learned else ""
    return f"{data.case}, {'prediction' if data.is_prediction else 'label'}{learned}: {x:.3g}"
