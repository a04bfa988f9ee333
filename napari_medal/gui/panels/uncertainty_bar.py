"""A cell that draws its number as a bar too."""

from qtpy.QtCore import QModelIndex, QPersistentModelIndex, QRect
from qtpy.QtGui import QColor, QPainter
from qtpy.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from napari_medal.gui.panels.work_table import SORT_ROLE

_COLOR = QColor(230, 150, 50, 130)


class UncertaintyBar(QStyledItemDelegate):
    """Draws a bar behind a number in [0, 1]; a negative number means unknown and has none."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the bar, then the number."""
        value = index.data(SORT_ROLE)
        if isinstance(value, float) and value > 0:
            cell = option.rect.adjusted(1, 3, -1, -3)
            painter.fillRect(QRect(cell.x(), cell.y(), round(cell.width() * min(value, 1.0)), cell.height()), _COLOR)
        super().paint(painter, option, index)
