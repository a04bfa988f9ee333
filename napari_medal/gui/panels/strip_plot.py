"""Where a case lies among all others, in one figure."""

from collections.abc import Sequence
from enum import Enum
from html import escape

import numpy as np
import pyqtgraph as pg
from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
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
_RING = "#e2574c"
_RING_SIZE = 18
_FRAME = 2
_BACK, _ON = (Qt.Key.Key_Left, Qt.Key.Key_Down), (Qt.Key.Key_Right, Qt.Key.Key_Up)
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
_OPEN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = "A click on a point opens its case; so does Enter, after arrow keys, Home and End have gone from point to point"


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

    While it has the keyboard one point is ringed, and its case and value stand in place of the title.

    Args:
        title: What is drawn along, with its unit.
        tip: What it says, in words.
        parent: Qt parent.
    """

    open_requested = Signal(str)
    """(name of the case): its point was clicked, or Enter pressed on it."""

    def __init__(self, title: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._ringed: CaseFigures | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{tip}. {_KEYS}")
        self._plot = pg.PlotWidget(background=None)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setFixedHeight(_HEIGHT)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.hideAxis("left")
        self._plot.setYRange(-0.5, 1.5)
        self._plot.setLabel("bottom", title, color=_INK)
        self._plot.setToolTip(f"{tip}. Lines: the quartiles of the labels. {_KEYS}")
        axis = self._plot.getAxis("bottom")
        axis.enableAutoSIPrefix(False)
        axis.setPen(_INK)
        axis.setTextPen(_INK)
        self.quartiles: list[pg.InfiniteLine] = []
        self.others = pg.ScatterPlotItem(hoverable=True, tip=_told)
        self.here = pg.ScatterPlotItem(hoverable=True, tip=_told)
        self.ring = pg.ScatterPlotItem(symbol="o", size=_RING_SIZE, brush=None, pen=pg.mkPen(_RING, width=2))
        for place, item in enumerate((self.others, self.here, self.ring)):
            item.setZValue(place + 1)
            self._plot.addItem(item)
        self.others.sigClicked.connect(self._on_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        layout.addWidget(self._plot)

    @property
    def label(self) -> str:
        """What stands below: the title, or what is ringed."""
        return str(self._plot.getAxis("bottom").labelText)

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
        self._show_ring()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go from point to point in the order of their values, or open the case of one."""
        key, stops = Qt.Key(event.key()), self._stops()
        ringed = self._ringed_point()
        if key in _OPEN and ringed is not None:
            self.open_requested.emit(ringed.data().case)
        elif key in _ENDS and stops:
            self._go_to(stops[_ENDS[key]])
        elif key in (*_BACK, *_ON) and stops:
            self._go_to(stops[self._next(stops, ringed, is_on=key in _ON)])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Ring a point: the last one, or the one nearest to the case at hand."""
        super().focusInEvent(event)
        stops = self._stops()
        if stops and self._ringed_point() is None:
            self._go_to(min(stops, key=lambda stop: abs(stop.pos().x() - self._value_here())))
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Ring nothing."""
        super().focusOutEvent(event)
        self._show_ring()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name
        """Draw a frame while the keyboard is here."""
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(pg.mkColor(_RING), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()

    def _stops(self) -> list[pg.SpotItem]:
        """Return the points of other cases in the order of their values."""
        points = self.others.points()
        return sorted(points, key=lambda spot: (spot.pos().x(), spot.data().case, spot.data().is_prediction))

    def _ringed_point(self) -> pg.SpotItem | None:
        wanted = self._ringed
        if wanted is None:
            return None
        same = (wanted.case, wanted.is_prediction)
        return next((s for s in self._stops() if (s.data().case, s.data().is_prediction) == same), None)

    def _next(self, stops: Sequence[pg.SpotItem], ringed: pg.SpotItem | None, is_on: bool) -> int:
        """Return the number of the point after or before the ringed one, else after or before the case at hand."""
        if ringed is not None:
            place = stops.index(ringed) + (1 if is_on else -1)
        else:
            place = sum(stop.pos().x() <= self._value_here() for stop in stops) - (0 if is_on else 1)
        return min(len(stops) - 1, max(0, place))

    def _value_here(self) -> float:
        """Return the value of the case at hand, of its label if there is one; the lowest of all without a case."""
        here = self.here.points()
        return float(here[0].pos().x()) if len(here) else -np.inf

    def _go_to(self, point: pg.SpotItem) -> None:
        self._ringed = point.data()
        self._show_ring()

    def _show_ring(self) -> None:
        """Ring the point at hand, and say what it is, while the keyboard is here."""
        point = self._ringed_point() if self.hasFocus() else None
        self.update()
        if point is None:
            self.ring.setData()
            self._plot.setLabel("bottom", self._title, color=_INK)
            self.setAccessibleName(self._title)
            return
        x, y = point.pos().x(), point.pos().y()
        self.ring.setData(x=[x], y=[y])
        self._plot.setLabel("bottom", escape(_named(x, point.data())), color=_RING)
        self.setAccessibleName(f"{self._title}. {_told(x, y, point.data())}")

    def _on_clicked(self, item: object, points: Sequence[pg.SpotItem]) -> None:  # noqa: ARG002 - pyqtgraph hands it over
        self.open_requested.emit(points[0].data().case)


def _told(x: float, y: float, data: CaseFigures) -> str:  # noqa: ARG001 - the row says it already
    learned = ", by a model that had learned from its label" if data.has_learned else ""
    return f"{_named(x, data)}{learned}"


def _named(value: float, figures: CaseFigures) -> str:
    return f"{figures.case}, {'prediction' if figures.is_prediction else 'label'}: {value:.3g}"
