"""What came of adding, as a table."""

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from qtpy.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from napari_medal.gui.arrivals import Arrival, Outcome

_TITLES = ("Case", "Outcome", "Remark", "Verdict", "What")
_TIPS = (
    "Name of the case",
    "What became of it",
    "What a remark on its files is about",
    "noted: used as it is; repaired: changed on the way in; repairable: put aside, but a repair is possible; refused",
    "What was found, and what was or could be done",
)
_WIDTHS = (140, 140, 170, 80)
_ALL = "everything"
_REMARKS = "with a remark"
_REPAIRABLE = "repairable"
_PROBLEMS = "not taken"

_Index = QModelIndex | QPersistentModelIndex


class ArrivalsTable(QWidget):
    """A line for each case and each note, to be searched, filtered and copied."""

    selection_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("Show only lines with this text")
        self.kinds = QComboBox()
        self.kinds.addItems([_ALL, _PROBLEMS, _REPAIRABLE, _REMARKS, *(outcome.value for outcome in Outcome)])
        self.kinds.setToolTip("Show only these lines")
        self._model = _Model(self)
        self.proxy = _Filter(self)
        self.proxy.setSourceModel(self._model)
        self.table = _View()
        self._lay_out()
        self.search.textChanged.connect(self.proxy.setFilterFixedString)
        self.kinds.currentTextChanged.connect(self.proxy.set_kind)
        self.table.copy_requested.connect(self.copy)
        self.table.selectionModel().selectionChanged.connect(self.selection_changed)

    @property
    def arrivals(self) -> Sequence[Arrival]:
        """All lines, shown or not."""
        return self._model.arrivals

    @property
    def repairable(self) -> tuple[str, ...]:
        """The cases that a repair would let in: of the lines that are selected, or of all."""
        chosen = self._arrivals_at(self.table.selectionModel().selectedRows())
        lines = [line for line in chosen if line.is_repairable] or [
            line for line in self.arrivals if line.is_repairable
        ]
        return tuple(dict.fromkeys(line.case for line in lines))

    def show_arrivals(self, arrivals: Sequence[Arrival]) -> None:
        """Show what came."""
        self.search.clear()
        self.kinds.setCurrentIndex(0)
        self._model.set_arrivals(arrivals)
        self.selection_changed.emit()

    def copy(self) -> None:
        """Put the selected lines, or all that are shown, on the clipboard, with tabs between."""
        chosen = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        rows = chosen or [self.proxy.index(row, 0) for row in range(self.proxy.rowCount())]
        lines = ["\t".join(_cells(arrival)) for arrival in self._arrivals_at(rows)]
        QGuiApplication.clipboard().setText("\n".join(["\t".join(_TITLES), *lines]))

    def _arrivals_at(self, rows: Sequence[QModelIndex]) -> list[Arrival]:
        return [self.arrivals[self.proxy.mapToSource(index).row()] for index in rows]

    def _lay_out(self) -> None:
        table = self.table
        table.setModel(self.proxy)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setStretchLastSection(True)
        table.setToolTip("What became of each case; Ctrl+C copies the selected lines")
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.kinds)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(table, 1)


class _Model(QAbstractTableModel):
    """The lines."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.arrivals: Sequence[Arrival] = ()

    def set_arrivals(self, arrivals: Sequence[Arrival]) -> None:
        """Replace the lines."""
        self.beginResetModel()
        self.arrivals = arrivals
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Count the lines."""
        return 0 if parent.isValid() else len(self.arrivals)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """Count the columns."""
        return 0 if parent.isValid() else len(_TITLES)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # a variant, as Qt wants it
        """Return the text of a cell."""
        arrival = self.arrivals[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(arrival)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return arrival.words or arrival.outcome.value
        return None

    def headerData(  # noqa: N802 - Qt's
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:  # a variant, as Qt wants it
        """Return a column's title."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        return None


class _Filter(QSortFilterProxyModel):
    """Keeps lines of one kind with a text in any column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind = _ALL
        self.setFilterKeyColumn(-1)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def set_kind(self, kind: str) -> None:
        """Keep only lines of this kind."""
        self._kind = kind
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:  # noqa: N802 - Qt's name
        """Tell whether a line is shown."""
        model = self.sourceModel()
        arrival = model.arrivals[source_row] if isinstance(model, _Model) else None
        return (
            arrival is not None
            and _is_of(arrival, self._kind)
            and bool(super().filterAcceptsRow(source_row, source_parent))
        )


class _View(QTableView):
    """A table that speaks of copying."""

    copy_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Turn Ctrl+C into a signal; the rest is Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
            return
        super().keyPressEvent(event)


def _is_of(arrival: Arrival, kind: str) -> bool:
    kinds = {
        _ALL: True,
        _PROBLEMS: arrival.is_problem,
        _REPAIRABLE: arrival.is_repairable,
        _REMARKS: arrival.note is not None,
    }
    return kinds.get(kind, arrival.outcome.value == kind)


def _cells(arrival: Arrival) -> tuple[str, ...]:
    about, verdict = ("", "") if arrival.note is None else (arrival.note.kind.value, arrival.note.verdict.value)
    return arrival.case, arrival.outcome.value, about, verdict, arrival.words
