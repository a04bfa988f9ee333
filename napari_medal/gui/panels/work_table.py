"""The work list as a Qt table model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

if TYPE_CHECKING:
    from napari_medal.loop.ranking import WorkItem

Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = int(Qt.ItemDataRole.UserRole)
STATE_ROLE = SORT_ROLE + 1
TAGS_ROLE = SORT_ROLE + 2
DIFFICULTY_ROLE = SORT_ROLE + 3
_LAST = 10**9


@dataclass(frozen=True)
class _Column:
    """A column: title, what its cells say and are sorted by, what the title means, what a cell adds when pointed at."""

    title: str
    text: "Callable[[WorkItem], str]"
    key: "Callable[[WorkItem], Any]"  # whatever Qt can compare: numbers in some columns, text in others
    tip: str
    hint: "Callable[[WorkItem], str] | None" = None


def _uncertainty(item: "WorkItem") -> float:
    return -1.0 if item.score is None else item.score.uncertainty


def _notes(item: "WorkItem") -> str:
    words = [] if item.case.difficulty is None else [f"difficulty {item.case.difficulty}"]
    words += item.case.tags
    if item.comments:
        words.append(f"{item.comments} comment{'s' if item.comments > 1 else ''}")
    return ", ".join(words)


def _reason_in_figures(item: "WorkItem") -> str:
    """Say why, and the figures behind it: "uncertainty 0.31, seconds 64"."""
    figures = ", ".join(f"{name} {value:.3g}" for name, value in item.numbers)
    return f"{item.reason}\n{figures}" if figures else item.reason


COLUMNS = (
    _Column(
        "#",
        lambda item: "" if item.rank is None else str(item.rank),
        lambda item: _LAST if item.rank is None else item.rank,
        "Place in the ranking; 1 is worth your time most",
    ),
    _Column("Case", lambda item: item.case.name, lambda item: item.case.name, "Name of the case"),
    _Column(
        "Why",
        lambda item: item.reason,
        lambda item: item.reason,
        "Why the case stands where it stands; point at it for the figures",
        _reason_in_figures,
    ),
    _Column(
        "Unsure",
        lambda item: "" if item.score is None else f"{item.score.uncertainty:.2f}",
        _uncertainty,
        "How unsure the model is: 0 not at all, 1 completely",
    ),
    _Column("State", lambda item: item.standing, lambda item: item.standing, "Where the case, or its label, stands"),
    _Column(
        "Prediction", lambda item: item.overview, lambda item: item.overview, "What the model says, in a few words"
    ),
    _Column("Notes", _notes, _notes, "Difficulty, tags, and how many comments readers have left"),
    _Column("Reader", lambda item: item.reader, lambda item: item.reader, "Who gave the last label"),
)
UNCERTAINTY_COLUMN = 3
_ROLES: "dict[int, Callable[[WorkItem], Any]]" = {  # whatever a filter compares
    STATE_ROLE: lambda item: item.standing,
    TAGS_ROLE: lambda item: item.case.tags,
    DIFFICULTY_ROLE: lambda item: item.case.difficulty,
}


class WorkTable(QAbstractTableModel):
    """One row for each case."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: Sequence[WorkItem] = ()
        self._current = ""

    @property
    def items(self) -> "Sequence[WorkItem]":
        """The rows."""
        return self._items

    def set_items(self, items: "Sequence[WorkItem]") -> None:
        """Replace all rows."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def set_current(self, case: str) -> None:
        """Mark the case that is being read."""
        self._current = case
        if self._items:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._items) - 1, len(COLUMNS) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        """Return the number of cases."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> str | None:
        """Return a column's title or explanation."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}.get(
            Qt.ItemDataRole(role) if role < SORT_ROLE else Qt.ItemDataRole.UserRole
        )

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # Qt: a cell may be anything
        """Return what Qt asks of a cell."""
        item, column = self._items[index.row()], COLUMNS[index.column()]
        if role == SORT_ROLE:
            return column.key(item)
        if role in _ROLES:
            return _ROLES[role](item)
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return (column.hint or column.text)(item) or None
        if role == Qt.ItemDataRole.FontRole and item.case.name == self._current:
            return _bold()
        return None


def _bold() -> Any:  # QtGui is needed only where something is drawn
    from qtpy.QtGui import QFont

    font = QFont()
    font.setBold(True)
    return font
