"""Of whose mask the drawings are."""

from qtpy.QtCore import QPointF, QSize, Qt, Signal
from qtpy.QtGui import QIcon, QPainter, QPen, QPixmap
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from napari_medal.gui.sketched_masks import SketchedMasks

_SAMPLE = QSize(22, 12)
_LENGTH = 18.0
_INK = Qt.GlobalColor.gray
"""Seen on dark and on light."""
_ENTRIES = (
    (
        SketchedMasks.LABEL,
        "Label",
        (True, False),
        "Draw what the figures of your label come from: solid lines, marks +",
    ),
    (
        SketchedMasks.PREDICTION,
        "Prediction",
        (False, True),
        "Draw what the figures of the prediction come from: dashes in paler colours, marks ×",
    ),
    (SketchedMasks.BOTH, "Both", (True, True), "Draw both, the prediction in dashes and paler colours"),
)


class SketchChooser(QWidget):
    """A button for the label, the prediction, and both, each with a sample of its lines."""

    masks_chosen = Signal(object)
    """(SketchedMasks)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[SketchedMasks, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 0)
        row.setSpacing(3)
        row.addWidget(QLabel("Drawings of"))
        for number, (masks, title, sample, tip) in enumerate(_ENTRIES):
            button = QPushButton(title)
            button.setIcon(_sample(*sample))
            button.setIconSize(_SAMPLE)
            button.setCheckable(True)
            button.setToolTip(tip)
            self.buttons[masks] = button
            self._group.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        self._group.idClicked.connect(self._on_clicked)

    def show_masks(self, masks: SketchedMasks, why_not: str) -> None:
        """Show whose drawings are seen, and why there are none of a prediction; "" where there are."""
        for entry, _, _, tip in _ENTRIES:
            button = self.buttons[entry]
            button.setChecked(entry is masks)
            if entry is not SketchedMasks.LABEL:
                button.setEnabled(not why_not)
                button.setToolTip(why_not or tip)

    def _on_clicked(self, number: int) -> None:
        self.masks_chosen.emit(_ENTRIES[number][0])


def _sample(is_solid: bool, is_dashed: bool) -> QIcon:
    """Paint a solid line, a dashed one, or both."""
    picture = QPixmap(_SAMPLE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    styles = [
        style for style, is_there in ((Qt.PenStyle.SolidLine, is_solid), (Qt.PenStyle.DashLine, is_dashed)) if is_there
    ]
    for place, style in enumerate(styles, start=1):
        height = round(_SAMPLE.height() * place / (len(styles) + 1))
        painter.setPen(QPen(_INK, 2, style))
        painter.drawLine(QPointF(0, height), QPointF(_LENGTH, height))
    painter.end()
    return QIcon(picture)
