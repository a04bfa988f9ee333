"""The tool that was chosen, its settings, and how its work goes."""

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from napari_medal.core.labels import LabelScheme
from napari_medal.core.tool import EditTool
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.options_form import OptionsForm


class ToolForm(QWidget):
    """Shows one tool and asks to apply it, with the settings as shown."""

    apply_requested = Signal(object)
    """(EditTool)"""
    changed = Signal(object)
    """(EditTool): it has other settings."""
    moved = Signal(object)
    """(EditTool): a setting was changed that is drawn at once."""
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel("Choose a tool")
        self.title.setStyleSheet("font-weight: 600;")
        self.tip = QLabel("Tools change the label in one step, which can be undone.")
        self.tip.setWordWrap(True)
        self.apply = QPushButton("Apply")
        self.apply.setToolTip("Change the label with the settings as shown (R)")
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.outcome.setToolTip("What came of the last tool")
        self.job = JobBar(can_pause=False)
        self.form: OptionsForm | None = None
        self._rows = QScrollArea()
        self._rows.setWidgetResizable(True)
        self._rows.setFrameShape(QFrame.Shape.NoFrame)
        self._rows.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._tool: EditTool | None = None
        self._is_ready = False
        self._is_busy = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.title)
        layout.addWidget(self.tip)
        layout.addWidget(self._rows)
        for widget in (self.apply, self.job, self.outcome):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.apply.clicked.connect(self._on_apply)
        self.job.cancel_requested.connect(self.cancel_requested)
        self._enable()

    def show_tool(self, tool: EditTool, scheme: LabelScheme | None) -> None:
        """Show a tool and its settings; a setting that is a label is one of the scheme."""
        self._tool = tool
        self.title.setText(tool.title)
        self.tip.setText(tool.tip)
        self.outcome.clear()
        self.form = OptionsForm(tool, scheme)
        self.form.changed.connect(self._on_changed)
        self.form.moved.connect(self._on_moved)
        self._rows.setWidget(self.form)
        self._enable()

    @property
    def tool(self) -> EditTool | None:
        """The tool that is shown, with its settings."""
        return None if self.form is None else self.form.tool

    def show_ready(self, is_ready: bool) -> None:
        """Show whether there is a label to be changed."""
        self._is_ready = is_ready
        self._enable()

    def show_busy(self, is_busy: bool) -> None:
        """Hold the button while a tool is at work."""
        self._is_busy = is_busy
        self._enable()

    def show_outcome(self, text: str) -> None:
        """Say what came of a tool."""
        self.outcome.setText(text)

    def _enable(self) -> None:
        self.apply.setEnabled(self._tool is not None and self._is_ready and not self._is_busy)

    def _on_apply(self) -> None:
        if self.tool is not None:
            self.apply_requested.emit(self.tool)

    def _on_changed(self) -> None:
        self.changed.emit(self.tool)

    def _on_moved(self) -> None:
        self.moved.emit(self.tool)
