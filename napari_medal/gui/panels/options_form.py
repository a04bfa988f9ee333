"""The settings of a tool, made from its fields."""

from dataclasses import replace
from typing import Any

from magicgui.widgets import CheckBox, ComboBox, FloatSlider, FloatSpinBox, SpinBox
from magicgui.widgets.bases import ValueWidget
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QWidget

from napari_medal.core.labels import LabelScheme
from napari_medal.core.tool import EditTool, Option, options_of

_NARROW = 60


class OptionsForm(QWidget):
    """One row for each setting of a tool."""

    changed = Signal()
    moved = Signal()
    """A setting was changed that is drawn at once."""

    def __init__(self, tool: EditTool, scheme: LabelScheme | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tool = tool
        self.rows: dict[str, ValueWidget[Any]] = {}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for name, asked in options_of(tool).items():
            row = _row(asked, getattr(tool, name), scheme)
            row.native.setToolTip(asked.tip)
            row.native.setMinimumWidth(_NARROW)
            row.changed.connect(self._on_moved if asked.is_live else self._on_changed)
            self.rows[name] = row
            layout.addRow(asked.title, _with_number(row) if asked.is_live else row.native)

    @property
    def tool(self) -> EditTool:
        """The tool with the settings that are shown."""
        values = {
            name: type(getattr(self._tool, name))(row.value) for name, row in self.rows.items() if row.value is not None
        }
        return replace(self._tool, **values)  # type: ignore[type-var]  # `options_of` vouches for a dataclass

    def _on_changed(self) -> None:
        self.changed.emit()

    def _on_moved(self) -> None:
        self.changed.emit()
        self.moved.emit()


def _row(asked: Option, value: Any, scheme: LabelScheme | None) -> ValueWidget[Any]:
    """Return the control for a setting."""
    if asked.is_label:
        return _label_row(value, scheme)
    if isinstance(value, bool):
        return CheckBox(value=value, text="")
    if isinstance(value, int):
        return _with_unit(SpinBox(value=value, min=int(asked.low), max=int(asked.high), step=int(asked.step)), asked)
    if isinstance(value, float):
        if asked.is_live:
            return FloatSlider(value=value, min=asked.low, max=asked.high, step=asked.step)
        return _with_unit(FloatSpinBox(value=value, min=asked.low, max=asked.high, step=asked.step), asked)
    # By its words: one binding of Qt gives a member back as a plain string.
    return ComboBox(choices=[str(member.value) for member in type(value)], value=str(value.value))


def _label_row(value: int, scheme: LabelScheme | None) -> ValueWidget[Any]:
    """Return a choice among the labels by name; the first one where none was chosen yet."""
    choices = [] if scheme is None else [(label.name, label.value) for label in scheme.classes]
    known = [number for _, number in choices]
    return ComboBox(
        choices=choices, value=value if value in known else (known[0] if known else None), nullable=not known
    )


def _with_number(row: ValueWidget[Any]) -> QWidget:
    """Return a slider with its number beside it."""
    number = QLabel(f"{row.value:.2f}")
    row.changed.connect(lambda value: number.setText(f"{value:.2f}"))
    holder = QWidget()
    layout = QHBoxLayout(holder)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(row.native, 1)
    layout.addWidget(number)
    return holder


def _with_unit(row: ValueWidget[Any], asked: Option) -> ValueWidget[Any]:
    if asked.unit:
        row.native.setSuffix(f" {asked.unit}")
    row.native.setKeyboardTracking(False)
    return row
