"""The figures of the case at hand."""

from collections.abc import Sequence

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from napari_medal.core.feature import Feature

_COLUMNS = ("", "Label", "Prediction")
_ROW = 24


class FigureTable(QTableWidget):
    """One row for each figure: what it is, that of the label, that of the prediction."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self._tips: list[str] = []
        self.setHorizontalHeaderLabels(_COLUMNS)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setToolTip("What is read off the label as it is drawn, and off the prediction beside it")

    def show_features(self, features: Sequence[Feature]) -> None:
        """Show what is measured, and no figures yet."""
        self._tips = [feature.tip for feature in features]
        self.setRowCount(len(features))
        for row, feature in enumerate(features):
            title = QTableWidgetItem(f"{feature.title} ({feature.unit})" if feature.unit else feature.title)
            title.setToolTip(feature.tip)
            self.setItem(row, 0, title)
        self.show_figures(None, None)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + _ROW * len(features) + 4)

    def show_figures(self, label: Sequence[float] | None, prediction: Sequence[float] | None) -> None:
        """Show the figures of the case at hand; a dash where there is none."""
        for column, values in ((1, label), (2, prediction)):
            for row in range(self.rowCount()):
                value = np.nan if values is None else values[row]
                cell = QTableWidgetItem(f"{value:.3g}" if np.isfinite(value) else "–")
                cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                cell.setToolTip(self._tips[row])
                self.setItem(row, column, cell)
