"""The list of cases, the most valuable first."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from napari_medal.core.case import CaseState
from napari_medal.core.verification import Stage
from napari_medal.gui.panels.uncertainty_bar import UncertaintyBar
from napari_medal.gui.panels.work_table import (
    COLUMNS,
    DIFFICULTY_ROLE,
    SORT_ROLE,
    STATE_ROLE,
    TAGS_ROLE,
    UNCERTAINTY_COLUMN,
    WorkTable,
)

if TYPE_CHECKING:
    from napari_medal.loop.ranking import WorkItem

_ALL = "all states"
_ALL_TAGS = "all tags"
_ALL_DIFFICULTIES = "any difficulty"
_STATES = tuple(state.value for state in CaseState)
_STAGES = tuple(stage.value for stage in Stage if stage is not Stage.NOT_ASKED)
_WIDTHS = (30, 128, 210, 56, 80, 110, 110, 80)


class WorkListPanel(QWidget):
    """Shows the work list; double click or Enter asks for a case."""

    open_requested = Signal(str)
    """(case name)"""
    add_requested = Signal()
    order_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = QLabel()
        self.watched = QLabel()
        self.add = QPushButton("Add images…")
        self.add.setToolTip("Bring more images into the project; or drop a folder or files on this panel (Shift+A)")
        self.order = QPushButton("What comes next…")
        self.order.setToolTip(
            "What the list is ranked by, what counts as unsure, how often a case is drawn at random, and who verifies"
        )
        self.states = QComboBox()
        self.states.addItems([_ALL, *_STATES])
        self.states.setToolTip("Show only cases in this state")
        self.tags = QComboBox()
        self.tags.addItem(_ALL_TAGS)
        self.tags.setToolTip("Show only cases with this tag")
        self.difficulties = QComboBox()
        self.difficulties.addItems([_ALL_DIFFICULTIES, *(f"difficulty {number}" for number in range(1, 6))])
        self.difficulties.setToolTip("Show only cases of this difficulty")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.setToolTip("Show only cases with this text in any column; 'comment' finds the remarked ones")
        self.model = WorkTable(self)
        self.proxy = _Filter(self)
        self.proxy.setSourceModel(self.model)
        self.table = _Table()
        self._lay_out()
        self.states.currentTextChanged.connect(self.proxy.set_state)
        self.tags.currentTextChanged.connect(self.proxy.set_tag)
        self.difficulties.currentIndexChanged.connect(self.proxy.set_difficulty)
        self.search.textChanged.connect(self.proxy.setFilterFixedString)
        self.table.doubleClicked.connect(self._on_opened)
        self.table.enter_pressed.connect(self._on_opened)
        self.add.clicked.connect(self.add_requested)
        self.order.clicked.connect(self.order_requested)

    def show_watched(self, folder: Path | None) -> None:
        """Show which folder is watched for more images; None for none."""
        self.watched.setText("" if folder is None else f"Watching {folder.name}")
        self.watched.setToolTip("" if folder is None else f"What comes into {folder} is added by itself")

    def show_items(self, items: "Sequence[WorkItem]") -> None:
        """Show the cases; the selected one stays selected."""
        chosen = self.selected()
        self.model.set_items(items)
        has_stages = any(item.stage is not Stage.NOT_ASKED for item in items)
        self._offer(self.states, (_ALL, *_STATES, *(_STAGES if has_stages else ())), self.proxy.set_state)
        tags = sorted({tag for item in items for tag in item.case.tags})
        self._offer(self.tags, (_ALL_TAGS, *tags), self.proxy.set_tag)
        self.select(chosen)
        accepted = sum(1 for item in items if item.case.state is CaseState.ACCEPTED)
        waiting = sum(1 for item in items if item.stage is Stage.TO_VERIFY)
        self.counts.setText(f"{accepted} of {len(items)} accepted" + (f", {waiting} to verify" if waiting else ""))

    def mark_current(self, case: str) -> None:
        """Mark the case that is being read, and select it."""
        self.model.set_current(case)
        self.select(case)

    def selected(self) -> str:
        """Return the name of the selected case, or ""."""
        index = self.table.currentIndex()
        return self._name(index) if index.isValid() else ""

    def select(self, case: str) -> None:
        """Select a case by name, if it is shown."""
        for row in range(self.proxy.rowCount()):
            index = self.proxy.index(row, 0)
            if self._name(index) == case:
                self.table.setCurrentIndex(index)
                return

    def _offer(self, choice: QComboBox, offered: Sequence[str], choose: Callable[[str], None]) -> None:
        """Offer what there is to filter by, all of it first; what was chosen stays chosen if it still exists."""
        if [choice.itemText(row) for row in range(choice.count())] == list(offered):
            return
        chosen = choice.currentText()
        choice.blockSignals(True)
        choice.clear()
        choice.addItems(offered)
        choice.setCurrentText(chosen if chosen in offered else offered[0])
        choice.blockSignals(False)
        choose(choice.currentText())

    def _on_opened(self, index: QModelIndex) -> None:
        if index.isValid():
            self.open_requested.emit(self._name(index))

    def _name(self, index: QModelIndex) -> str:
        return self.model.items[self.proxy.mapToSource(index).row()].case.name

    def _lay_out(self) -> None:
        table = self.table
        table.setModel(self.proxy)
        table.setItemDelegateForColumn(UNCERTAINTY_COLUMN, UncertaintyBar(table))
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setToolTip("Double click or Enter opens a case")
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.states)
        noted = QHBoxLayout()
        noted.addWidget(self.tags, 1)
        noted.addWidget(self.difficulties, 1)
        noted.addWidget(self.order)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addLayout(top)
        layout.addLayout(noted)
        layout.addWidget(table, 1)
        below = QHBoxLayout()
        below.addWidget(self.counts, 1)
        below.addWidget(self.watched)
        below.addWidget(self.add)
        layout.addLayout(below)


class _Filter(QSortFilterProxyModel):
    """Sorts by value rather than text; keeps rows of one state, tag and difficulty, with a text in any column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = _ALL
        self._tag = _ALL_TAGS
        self._difficulty = 0
        self.setSortRole(SORT_ROLE)
        self.setFilterKeyColumn(-1)
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)

    def set_state(self, state: str) -> None:
        """Keep only rows of this state."""
        self._state = state
        self.invalidate()

    def set_tag(self, tag: str) -> None:
        """Keep only rows with this tag."""
        self._tag = tag
        self.invalidate()

    def set_difficulty(self, difficulty: int) -> None:
        """Keep only rows of this difficulty; 0 for all."""
        self._difficulty = difficulty
        self.invalidate()

    def filterAcceptsRow(  # noqa: N802 - Qt's name
        self, source_row: int, source_parent: QModelIndex | QPersistentModelIndex
    ) -> bool:
        """Tell whether a row is shown."""
        row = self.sourceModel().index(source_row, len(COLUMNS) - 1, source_parent)
        fits = (
            self._state in (_ALL, row.data(STATE_ROLE))
            and (self._tag == _ALL_TAGS or self._tag in row.data(TAGS_ROLE))
            and self._difficulty in (0, row.data(DIFFICULTY_ROLE))
        )
        return fits and bool(super().filterAcceptsRow(source_row, source_parent))


class _Table(QTableView):
    """A table that speaks of Enter."""

    enter_pressed = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Turn Enter into a signal; the rest is Qt's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_pressed.emit(self.currentIndex())
            return
        super().keyPressEvent(event)
