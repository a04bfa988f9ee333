"""The shape of the tumour at hand, and where it lies among all others."""

from collections.abc import Collection, Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_medal.core.feature import Feature
from napari_medal.core.sketch import Sketch
from napari_medal.gui.case_figures import CaseFigures
from napari_medal.gui.panels.figure_table import FigureTable
from napari_medal.gui.panels.sketch_bar import SketchBar
from napari_medal.gui.panels.strip_plot import Look, StripPlot

_LEGEND = (
    "<span style='color: {label}'>●</span> labels and <span style='color: gray'>┆│┆</span> their quartiles &nbsp; "
    "<span style='color: {prediction}'>▲</span> predictions &nbsp; "
    "<span style='color: {label}'>◆</span> this case"
)


class GliomaPanel(QWidget):
    """The drawings of the case at hand to choose from, its figures in a table, and a strip for each figure."""

    sketch_toggled = Signal(str, bool)
    open_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shape")
        self.table = FigureTable()
        self.sketches = SketchBar(self)
        self.legend = QLabel(_LEGEND.format(label=Look.LABEL.value[2], prediction=Look.PREDICTION.value[2]))
        self.legend.setWordWrap(True)
        self.legend.setToolTip("Point at a mark for its case, click on it to open that case")
        self.strips: list[StripPlot] = []
        self._case = ""
        self._cohort: Sequence[CaseFigures] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(6, 6, 6, 6)
        self._column.setSpacing(4)
        for widget in (self.sketches, self.table, self.legend):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.sketches.sketch_toggled.connect(self.sketch_toggled)

    def show_features(self, features: Sequence[Feature]) -> None:
        """Show what is measured: a row of the table and a strip for each."""
        self.table.show_features(features)
        for strip in self.strips:
            strip.deleteLater()
        self.strips = [
            StripPlot(f"{feature.title}, {feature.unit}" if feature.unit else feature.title, feature.tip)
            for feature in features
        ]
        for strip in self.strips:
            strip.open_requested.connect(self.open_requested)
            self._column.insertWidget(self._column.count() - 1, strip)

    def show_cohort(self, figures: Sequence[CaseFigures]) -> None:
        """Show what was measured of all cases."""
        self._cohort = figures
        for number, strip in enumerate(self.strips):
            strip.show_quartiles([found.values[number] for found in figures if not found.is_prediction])
        self._show_others()

    def show_case(self, case: str, label: Sequence[float] | None, prediction: Sequence[float] | None) -> None:
        """Show what was measured of the case at hand."""
        self.table.show_figures(label, prediction)
        here = [
            CaseFigures(case, is_prediction, tuple(values))
            for is_prediction, values in ((False, label), (True, prediction))
            if values is not None
        ]
        for number, strip in enumerate(self.strips):
            strip.show_here([(found, found.values[number]) for found in here])
        if case != self._case:
            self._case = case
            self._show_others()

    def show_sketches(self, sketches: Sequence[Sketch], seen: Collection[str]) -> None:
        """Show what can be drawn over the case at hand."""
        self.sketches.show_sketches(sketches, seen)

    def _show_others(self) -> None:
        others = [found for found in self._cohort if found.case != self._case]
        for number, strip in enumerate(self.strips):
            strip.show_others([(found, found.values[number]) for found in others])
