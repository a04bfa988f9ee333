"""What a task asks for, in a window of its own."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from napari_medal.core.offered_choices import OfferedChoices
from napari_medal.gui.panels.choices_form import ChoicesForm

_WIDTH = 460


class ChoicesDialog(QDialog):
    """Shows what a task asks for, and asks to keep what was chosen."""

    keep_requested = Signal()

    def __init__(self, offered: OfferedChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What comes next")
        self.setMinimumWidth(_WIDTH)
        self.form = ChoicesForm(offered)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.keep = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.keep.setToolTip("Write this into medal.toml, and rank the list by it; nothing that was labelled changes")
        self.cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel.setToolTip("Leave everything as it was")
        layout = QVBoxLayout(self)
        for widget in (self.form, self.problem, buttons):
            layout.addWidget(widget)
        self.form.strategy.setFocus()
        buttons.accepted.connect(self.keep_requested)
        buttons.rejected.connect(self.reject)

    def show_problem(self, text: str) -> None:
        """Say what cannot be kept, and why."""
        self.problem.setText(text)
        self.problem.show()
        self.keep.setEnabled(True)

    def show_keeping(self) -> None:
        """Show that what was chosen is being kept."""
        self.problem.hide()
        self.keep.setEnabled(False)
