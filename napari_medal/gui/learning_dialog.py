"""How a task learns, in a window of its own."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from napari_medal.core.learning import Learning
from napari_medal.core.target import Target
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.learning_form import LearningForm
from napari_medal.gui.panels.rate_plot import RatePlot

if TYPE_CHECKING:
    from napari_medal.engine.learning_rates import LearningRates

_WIDTH = 420


class LearningDialog(QDialog):
    """Shows the choices of a task, finds a learning rate, and asks to keep what was chosen."""

    find_requested = Signal()
    cancel_requested = Signal()
    keep_requested = Signal()

    def __init__(self, learning: Learning, target: Target, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("How it learns")
        self.setMinimumWidth(_WIDTH)
        self.form = LearningForm(learning, target)
        self.search = QPushButton("Find learning rate")
        self.search.setToolTip("Try learning rates from low to high on the accepted labels; nothing is kept of it")
        self.use = QPushButton("Use it")
        self.use.setToolTip("Put the suggested learning rate into the form")
        self.use.hide()
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.job = JobBar(can_pause=False)
        self.plot = RatePlot()
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.hide()
        buttons = QDialogButtonBox()
        self.keep = buttons.addButton("Keep", QDialogButtonBox.ButtonRole.AcceptRole)
        self.keep.setToolTip("Write this into medal.toml; the next training learns so")
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setToolTip("Leave everything as it was")
        self._lay_out(buttons)
        self.search.clicked.connect(self.find_requested)
        self.use.clicked.connect(self._on_use)
        self.job.cancel_requested.connect(self.cancel_requested)
        buttons.accepted.connect(self.keep_requested)
        buttons.rejected.connect(self.reject)

    def show_searching(self, is_searching: bool) -> None:
        """Show that learning rates are being tried, or not any more."""
        self.search.setEnabled(not is_searching)
        if is_searching:
            self.use.hide()
            self.outcome.clear()
            self.job.show_started("Trying learning rates")
        else:
            self.job.show_ended()

    def show_rates(self, found: "LearningRates") -> None:
        """Draw what came of it."""
        self.plot.show_rates(found)
        self.use.setVisible(found.suggested is not None)
        if found.suggested is None:
            self.outcome.setText("The loss never fell. Look at the labels, or try another loss.")
        else:
            self.outcome.setText(f"The loss falls fastest at {found.suggested:.2g}.")

    def show_problem(self, text: str) -> None:
        """Say what cannot be kept, and why."""
        self.problem.setText(text)
        self.problem.show()

    def _on_use(self) -> None:
        rate = self.plot.marked
        if rate is not None:
            self.form.show_rate(rate)

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        row = QHBoxLayout()
        row.addWidget(self.search)
        row.addWidget(self.outcome, 1)
        row.addWidget(self.use)
        layout = QVBoxLayout(self)
        layout.addWidget(self.form)
        layout.addLayout(row)
        for widget in (self.job, self.plot, self.problem, buttons):
            layout.addWidget(widget)
