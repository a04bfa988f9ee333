"""Choosing a class for a case."""

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QButtonGroup, QGridLayout, QLabel, QProgressBar, QRadioButton, QShortcut, QWidget

from napari_medal.core.labels import LabelScheme
from napari_medal.types import FloatArray

_KEYS = 9


class ClassPanel(QWidget):
    """One line for each class: a button, the model's probability as a bar; digits choose."""

    class_chosen = Signal(int)
    """(class value)"""
    accept_requested = Signal()
    """Enter on a class asks to accept it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[QRadioButton] = []
        self.bars: list[QProgressBar] = []
        self._values: tuple[int, ...] = ()
        self._group = QButtonGroup(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(6, 6, 6, 6)
        self._grid.setColumnStretch(1, 1)
        self._empty = QLabel("The model has not seen this case yet.")
        self._group.idClicked.connect(self.choose)
        self._shortcuts = [self._digit(position) for position in range(_KEYS)]
        for name in ("Return", "Enter"):
            shortcut = self._shortcut(name)
            shortcut.activated.connect(self.accept_requested)
            self._shortcuts.append(shortcut)

    def show_answer(self, scheme: LabelScheme, probabilities: FloatArray | None, chosen: int | None) -> None:
        """Show the classes, the model's probabilities in scheme order, and the value that is chosen."""
        if scheme.values != self._values:
            self._build(scheme)
        self._empty.setVisible(probabilities is None)
        for position, bar in enumerate(self.bars):
            bar.setVisible(probabilities is not None)
            if probabilities is not None:
                bar.setValue(round(100 * float(probabilities[position])))
        self._group.setExclusive(False)
        for button, value in zip(self.buttons, self._values, strict=True):
            button.setChecked(value == chosen)
        self._group.setExclusive(True)

    def choose(self, position: int) -> None:
        """Choose the class at `position` in the scheme, from 0; beyond the last one nothing happens."""
        if position < len(self.buttons):
            self.buttons[position].setChecked(True)
            self.class_chosen.emit(self._values[position])

    def _build(self, scheme: LabelScheme) -> None:
        """Make the lines anew."""
        for widget in (*self.buttons, *self.bars):
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self.buttons, self.bars, self._values = [], [], scheme.values
        for position, label in enumerate(scheme.classes):
            key = f"{position + 1}  " if position < _KEYS else ""
            button = QRadioButton(f"{key}{label.name}")
            button.setToolTip(f"Choose {label.name}" + (f" ({position + 1})" if key else ""))
            button.setMinimumHeight(28)
            bar = QProgressBar()
            bar.setRange(0, 100)
            bar.setFormat("%p %")
            bar.setToolTip(f"How likely the model thinks {label.name} is")
            bar.setStyleSheet(f"QProgressBar::chunk {{ background: {label.color}; }}")
            self._group.addButton(button, position)
            self._grid.addWidget(button, position, 0)
            self._grid.addWidget(bar, position, 1)
            self.buttons.append(button)
            self.bars.append(bar)
        self._grid.addWidget(self._empty, len(scheme), 0, 1, 2)

    def _digit(self, position: int) -> QShortcut:
        shortcut = self._shortcut(str(position + 1))
        shortcut.activated.connect(lambda: self.choose(position))
        return shortcut

    def _shortcut(self, name: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(name), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(False)
        return shortcut
