"""All keys on one sheet."""

from collections.abc import Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from napari_medal.gui.shortcuts import Key

_NAPARI = (
    ("2 or P", "Brush"),
    ("1 or E", "Eraser"),
    ("4 or F", "Fill"),
    ("5 or L", "Pick the label under the pointer"),
    ("6 or Z", "Move and zoom"),
    ("[ and ]", "Smaller and larger brush"),
    ("- and =", "Label before and after"),
    ("Ctrl+Z", "Undo; with Shift, redo"),
    ("Space (hold)", "Move and zoom while held"),
    ("← and →", "Slice before and after"),
)

_ROWS = 18
"""Of a column; more would not fit a low screen."""


class KeySheet(QDialog):
    """Lists the keys of the dock, and those of napari that a reader needs."""

    def __init__(self, keys: Sequence[Key], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        own = [(key.qt_name, key.text) for key in keys]
        tables = [_table("Reading", own[start : start + _ROWS]) for start in range(0, len(own), _ROWS)]
        self.columns = [QLabel(table) for table in (*tables, _table("napari's own, for drawing", _NAPARI))]
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        for column in self.columns:
            row.addWidget(column, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(buttons)


def _table(title: str, rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td><b>{key}</b>&nbsp;&nbsp;&nbsp;</td><td>{text}</td></tr>" for key, text in rows)
    return f"<h3>{title}</h3><table cellpadding='2'>{cells}</table>"
