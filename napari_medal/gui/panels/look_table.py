"""What somebody should look at again, as a table."""

from collections.abc import Sequence

from qtpy.QtCore import QModelIndex, Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from napari_medal.core.second_look import SecondLook

_TITLES = ("#", "Case", "What", "Why")
_TIPS = (
    "Place in the list; 1 is the most suspicious",
    "Name of the case",
    "disagreement: a label that models contradict which have not seen it; unlike: a case like no other; "
    "duplicate: an exam that is there twice",
    "Why it is suspicious",
)
_WIDTHS = (36, 160, 100)


class LookTable(QTableWidget):
    """One row for each second look; double click or Enter asks for the case, Delete calls it right."""

    open_requested = Signal(object)
    """(SecondLook)"""
    dismiss_requested = Signal(object)
    """(SecondLook)"""
    look_chosen = Signal(object)
    """(SecondLook | None)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self._looks: Sequence[SecondLook] = ()
        for column, (title, tip) in enumerate(zip(_TITLES, _TIPS, strict=True)):
            heading = QTableWidgetItem(title)
            heading.setToolTip(tip)
            self.setHorizontalHeaderItem(column, heading)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setStretchLastSection(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setToolTip("Double click or Enter opens the case; Delete calls it right")
        self.doubleClicked.connect(self._on_opened)
        self.itemSelectionChanged.connect(self._on_selection_changed)

    @property
    def chosen(self) -> SecondLook | None:
        """The look whose row is selected."""
        rows = {item.row() for item in self.selectedItems()}
        return self._looks[rows.pop()] if rows else None

    def show_looks(self, looks: Sequence[SecondLook]) -> None:
        """Show the list, the most suspicious first; the place that was chosen stays so."""
        kept = self.chosen
        row_before = self.currentRow()
        self.setCurrentCell(-1, -1)
        self._looks = looks
        self.setRowCount(len(looks))
        for row, look in enumerate(looks):
            for column, text in enumerate((str(row + 1), look.case, look.kind.value, look.reason)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(f"{look.case}: {look.reason}\nsuspicion {look.suspicion:.2f} of 1")
                self.setItem(row, column, cell)
        if kept is None or not looks:
            return
        same = [row for row, look in enumerate(looks) if (look.case, look.kind) == (kept.case, kept.kind)]
        self.selectRow(same[0] if same else min(row_before, len(looks) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Turn Enter and Delete into signals; the rest is Qt's."""
        look = self.chosen
        if look is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_requested.emit(look)
        elif look is not None and event.key() == Qt.Key.Key_Delete:
            self.dismiss_requested.emit(look)
        else:
            super().keyPressEvent(event)

    def _on_opened(self, index: QModelIndex) -> None:
        self.open_requested.emit(self._looks[index.row()])

    def _on_selection_changed(self) -> None:
        self.look_chosen.emit(self.chosen)
