"""The model versions of a task."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

if TYPE_CHECKING:
    from napari_medal.catalogue.models import ModelVersion

_TITLES = ("Model", "Status", "Validation", "Labels", "Trained")


class VersionsTable(QTableWidget):
    """One row for each version, the newest first; the tooltip says why it is live or not."""

    version_chosen = Signal(object)
    """(ModelVersion | None)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self._versions: list[ModelVersion] = []
        self.setHorizontalHeaderLabels(_TITLES)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setToolTip("Every model version; rest on a row to read why it is live or not")
        self.itemSelectionChanged.connect(self._on_selection_changed)

    @property
    def chosen(self) -> "ModelVersion | None":
        """The version whose row is selected."""
        rows = {item.row() for item in self.selectedItems()}
        return self._versions[rows.pop()] if rows else None

    def show_versions(self, versions: "Sequence[ModelVersion]") -> None:
        """Show the versions, given oldest first; the one that was chosen stays so."""
        kept = self.chosen
        self.setCurrentCell(-1, -1)
        self._versions = list(reversed(versions))
        self.setRowCount(len(versions))
        for row, version in enumerate(self._versions):
            metrics = "\n".join(f"{name.replace('_', ' ')} {value}" for name, value in version.metrics.items())
            for column, text in enumerate(_cells(version)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(f"{version.reason}\n{metrics}".strip())
                self.setItem(row, column, cell)
            if kept is not None and (version.folder, version.number) == (kept.folder, kept.number):
                self.selectRow(row)

    def _on_selection_changed(self) -> None:
        self.version_chosen.emit(self.chosen)


def _cells(version: "ModelVersion") -> tuple[str, ...]:
    figure = ""
    if version.metrics:
        name, interval = next(iter(version.metrics.items()))
        figure = f"{name.replace('_', ' ')} {interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"
    when = f"{version.created_at.astimezone():%d %b %H:%M}"
    return f"v{version.number}", version.status.value, figure, str(len(version.annotations)), when
