"""Which predictions to distrust."""

from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from napari_medal.loop.predicted_quality import PredictedQuality


class QualityTable(QTableWidget):
    """One row for each case that waits, the most doubtful first."""

    open_requested = Signal(str)
    """(name of the case)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMinimumHeight(160)
        self.setToolTip(
            "Cases that wait, the worst prediction first: not the order in which labels are worth most. "
            "Double click or Enter opens a case"
        )
        self._names: list[str] = []
        self.activated.connect(self._on_activated)

    def show_qualities(self, qualities: "Mapping[str, PredictedQuality]", compared: str) -> None:
        """Show what is to be expected of the cases, given the worst first."""
        self.setHorizontalHeaderLabels(("Case", f"Predicted {compared}", "For nine cases in ten"))
        self._names = list(qualities)
        self.setRowCount(len(qualities))
        for row, (name, quality) in enumerate(qualities.items()):
            has_range = quality.low == quality.low
            limits = f"{quality.low:.2f} to {quality.high:.2f}" if has_range else "too few audits"
            for column, text in enumerate((name, f"{quality.value:.2f}", limits)):
                self.setItem(row, column, QTableWidgetItem(text))

    def _on_activated(self, index: QModelIndex) -> None:
        self.open_requested.emit(self._names[index.row()])
