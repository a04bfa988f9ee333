"""What somebody should look at again, in a window of its own."""

from collections.abc import Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_medal.core.second_look import SecondLook
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.look_table import LookTable

_SIZE = (820, 420)


class LooksDialog(QDialog):
    """Shows the list, and asks to search, to open a case, and to call one right."""

    search_requested = Signal()
    open_requested = Signal(object)
    """(SecondLook)"""
    dismiss_requested = Signal(object)
    """(SecondLook)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Second looks")
        self.resize(*_SIZE)
        self.table = LookTable()
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.search = QPushButton("Look for mistakes")
        self.search.setToolTip(
            "Train networks that each leave a third of the subjects out, and compare what they say with the labels; "
            "find odd and doubled cases too. No model version is made"
        )
        self.show_case = QPushButton("Open")
        self.show_case.setToolTip("Open the case, at the slice to look at first (Enter)")
        self.right = QPushButton("It is right")
        self.right.setToolTip("Take it off the list for as long as the label stays the same (Delete)")
        self.job = JobBar(can_pause=False)
        for button in (self.search, self.show_case, self.right):
            button.setAutoDefault(False)
        self._lay_out()
        self.search.clicked.connect(self.search_requested)
        self.show_case.clicked.connect(self._on_open)
        self.right.clicked.connect(self._on_right)
        self.table.open_requested.connect(self.open_requested)
        self.table.dismiss_requested.connect(self.dismiss_requested)
        self.table.look_chosen.connect(self._on_chosen)
        self.show_looks(())

    def show_looks(self, looks: Sequence[SecondLook]) -> None:
        """Show the list."""
        self.table.show_looks(looks)
        entries = "entry" if len(looks) == 1 else "entries"
        self.state.setText(f"{len(looks)} {entries}, the most suspicious first." if looks else "Nothing is listed.")
        self._on_chosen(self.table.chosen)

    def show_searching(self, is_searching: bool) -> None:
        """Show that a search runs, or none any more."""
        self.search.setEnabled(not is_searching)
        if is_searching:
            self.job.show_started("Looking for mistakes")
        else:
            self.job.show_ended()

    def _on_chosen(self, look: SecondLook | None) -> None:
        self.show_case.setEnabled(look is not None)
        self.right.setEnabled(look is not None)

    def _on_open(self) -> None:
        if self.table.chosen is not None:
            self.open_requested.emit(self.table.chosen)

    def _on_right(self) -> None:
        if self.table.chosen is not None:
            self.dismiss_requested.emit(self.table.chosen)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.search)
        buttons.addWidget(self.state, 1)
        buttons.addWidget(self.show_case)
        buttons.addWidget(self.right)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.job)
        layout.addLayout(buttons)
