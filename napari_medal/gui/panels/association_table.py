"""Figures of masks against columns of a table."""

from collections.abc import Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from napari_medal.gui.shown_association import ShownPair

_TITLES = ("Masks", "Figure", "Column", "Subjects", "p", "p, Holm", "p, Bonferroni")
_TIPS = (
    "Whose masks were measured",
    "What was measured",
    "What the table says of the subjects",
    "How many have both",
    "Fisher's exact test of the quarters of the figure by the groups of the column",
    "Corrected for the number of tests by Holm's method",
    "Corrected for the number of tests by Bonferroni's method",
)
_LEVEL = 0.05


class AssociationTable(QTableWidget):
    """One row for each test; bold are those below 0.05 by Holm's correction. Pointing at one tells its groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        for column, (title, tip) in enumerate(zip(_TITLES, _TIPS, strict=True)):
            head = QTableWidgetItem(title)
            head.setToolTip(tip)
            self.setHorizontalHeaderItem(column, head)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setToolTip("Every figure against every column; point at a row for its groups")

    def show_pairs(self, pairs: Sequence[ShownPair]) -> None:
        """Show tests, in the order given."""
        self.setRowCount(len(pairs))
        for row, pair in enumerate(pairs):
            numbers = (f"{value:.2g}" for value in (pair.p, pair.holm, pair.bonferroni))
            texts = (pair.mask, pair.feature, pair.column, str(pair.subjects), *numbers)
            tip = f"Subjects in each quarter, the lowest first:\n{pair.quarters}\n\nArea under the curve:\n{pair.areas}"
            for column, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setToolTip(tip)
                font = cell.font()
                font.setBold(pair.holm < _LEVEL)
                cell.setFont(font)
                if column > 2:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, cell)
