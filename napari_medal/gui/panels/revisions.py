"""What was accepted of the case at hand before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from napari_medal.loop.revisions import Revision

_TITLES = ("Label", "Reader", "When", "Minutes", "Voxels changed", "Second reader")
_NONE = "No label of this case was accepted yet."


class RevisionsPanel(QWidget):
    """Lists the revisions of a case, and asks to compare the label with one or to return to it."""

    compare_requested = Signal(object)
    """(Revision)"""
    return_requested = Signal(object)
    """(Revision)"""
    prediction_requested = Signal()
    """Compare with the prediction."""
    differences_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, len(_TITLES))
        self.compare = QPushButton("Compare")
        self.go_back = QPushButton("Return to this one")
        self.prediction = QPushButton("Compare with the prediction")
        self.differences = QCheckBox("Show differences")
        self.counts = QLabel(_NONE)
        self.legend = QLabel()
        self._revisions: Sequence[Revision] = ()
        self._has_prediction = False
        self._is_busy = False
        self._explain()
        self._lay_out()
        self._connect()
        self._enable()

    def show_revisions(self, revisions: "Sequence[Revision]", *, has_prediction: bool) -> None:
        """List revisions, the newest first; none for no case."""
        self._revisions = revisions
        self._has_prediction = has_prediction
        self.table.setRowCount(len(revisions))
        for row, revision in enumerate(revisions):
            for column, text in enumerate(_cells(revision)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(str(revision.path))
                self.table.setItem(row, column, cell)
        if revisions:
            self.table.selectRow(0)
        self.counts.setText("" if revisions else _NONE)
        self._enable()

    def show_counts(self, text: str) -> None:
        """Say what differs."""
        self.counts.setText(text)

    def show_legend(self, colors: "Sequence[tuple[str, str]]") -> None:
        """Explain the colours, given as (words, colour)."""
        marks = (f'<span style="color:{color}">&#9632;</span>&nbsp;{words}' for words, color in colors)
        self.legend.setText(" &nbsp; ".join(marks))

    def show_differences_on(self, visible: bool) -> None:
        """Show whether differences are shown, and tell nobody."""
        self.differences.blockSignals(True)
        self.differences.setChecked(visible)
        self.differences.blockSignals(False)

    def show_busy(self, is_busy: bool) -> None:
        """Hold the buttons while an answer is awaited."""
        self._is_busy = is_busy
        self._enable()

    def _selected(self) -> "Revision | None":
        row = self.table.currentRow()
        return self._revisions[row] if 0 <= row < len(self._revisions) else None

    def _enable(self) -> None:
        ready = self._selected() is not None and not self._is_busy
        self.compare.setEnabled(ready)
        self.go_back.setEnabled(ready)
        self.prediction.setEnabled(self._has_prediction and not self._is_busy)

    def _explain(self) -> None:
        self.table.setToolTip("Every label that was accepted of this case, and unfinished ones that were put aside")
        self.compare.setToolTip("Show where your label differs from the chosen one")
        self.go_back.setToolTip("Draw the chosen label over yours, as one step; Ctrl+Z takes it back")
        self.prediction.setToolTip("Show where your label differs from what the model predicts")
        self.differences.setToolTip("Show or hide where your label differs (Shift+D)")
        self.counts.setToolTip("How many voxels each label has gained and lost in yours")
        self.legend.setToolTip("What the colours of the differences mean")

    def _lay_out(self) -> None:
        table = self.table
        table.setHorizontalHeaderLabels(_TITLES)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setStretchLastSection(True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        self.counts.setWordWrap(True)
        buttons = QHBoxLayout()
        for button in (self.compare, self.go_back):
            buttons.addWidget(button)
        shown = QHBoxLayout()
        shown.addWidget(self.differences)
        shown.addWidget(self.legend, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(table, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.prediction)
        layout.addLayout(shown)
        layout.addWidget(self.counts)

    def _connect(self) -> None:
        self.compare.clicked.connect(self._on_compare)
        self.go_back.clicked.connect(self._on_go_back)
        self.prediction.clicked.connect(self.prediction_requested)
        self.differences.toggled.connect(self.differences_toggled)
        self.table.itemSelectionChanged.connect(self._enable)

    def _on_compare(self) -> None:
        if (revision := self._selected()) is not None:
            self.compare_requested.emit(revision)

    def _on_go_back(self) -> None:
        if (revision := self._selected()) is not None:
            self.return_requested.emit(revision)


def _cells(revision: "Revision") -> tuple[str, ...]:
    minutes = "" if revision.seconds_spent is None else f"{revision.seconds_spent / 60:.1f}"
    changed = "" if revision.voxels_changed is None else f"{revision.voxels_changed:,}"
    when = f"{revision.created_at.astimezone():%d %b %Y %H:%M}"
    return revision.title, revision.reader, when, minutes, changed, revision.verified
