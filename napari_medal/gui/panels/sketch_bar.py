"""What a task can draw over the case at hand."""

from collections.abc import Collection, Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QColor, QIcon, QKeySequence, QPixmap
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QShortcut, QWidget

from napari_medal.core.sketch import Sketch

_SWATCH = 12


class SketchBar(QWidget):
    """A box for each drawing, in its colour; digits press them while the keyboard is in the panel around it."""

    sketch_toggled = Signal(str, bool)
    """(name of the drawing, whether it is to be seen)"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.boxes: list[QCheckBox] = []
        self._names: tuple[str, ...] = ()
        self._keys: list[QShortcut] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)
        self._around = parent

    def show_sketches(self, sketches: Sequence[Sketch], seen: Collection[str]) -> None:
        """Show what can be drawn, and the names of what is seen; nobody is told."""
        if tuple(sketch.name for sketch in sketches) != self._names:
            self._build(sketches)
        for box, name in zip(self.boxes, self._names, strict=True):
            box.blockSignals(True)
            box.setChecked(name in seen)
            box.blockSignals(False)

    def _build(self, sketches: Sequence[Sketch]) -> None:
        for gone in (*self.boxes, *self._keys):
            gone.deleteLater()
        self.boxes, self._keys = [], []
        self._names = tuple(sketch.name for sketch in sketches)
        for place, sketch in enumerate(sketches):
            box = QCheckBox(sketch.title)
            box.setIcon(_swatch(sketch.color))
            box.setToolTip(f"{sketch.tip} ({place + 1} while the keyboard is in this tab; Shift+S shows or hides all)")
            box.toggled.connect(self._telling(sketch.name))
            key = QShortcut(QKeySequence(str(place + 1)), self._around)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(box.toggle)
            self._row.insertWidget(place, box)
            self.boxes.append(box)
            self._keys.append(key)

    def _telling(self, name: str):  # type: ignore[no-untyped-def]  # a slot
        def tell(is_seen: bool) -> None:
            self.sketch_toggled.emit(name, is_seen)

        return tell


def _swatch(color: str) -> QIcon:
    swatch = QPixmap(_SWATCH, _SWATCH)
    swatch.fill(QColor(color))
    return QIcon(swatch)
