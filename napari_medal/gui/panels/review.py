"""Reviewing the case at hand: its state, its parts, its notes, and the rules of the reading."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from napari_medal.gui.panels.guideline import GuidelinePanel
from napari_medal.gui.panels.mode_chooser import ModeChooser
from napari_medal.gui.panels.notes import NotesPanel
from napari_medal.gui.panels.slice_picker import SlicePicker

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase


class ReviewPanel(QWidget):
    """The tab "Review"; it scrolls where there is little room."""

    flag_requested = Signal()
    reject_requested = Signal()
    looks_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.agreement = QLabel()
        self.agreement.setWordWrap(True)
        self.agreement.setToolTip(
            "What second readers made of this task's labels, and how both agree; they saw the first label, so that "
            "they agree more than two who read apart"
        )
        self.agreement.hide()
        self.flag = QPushButton("Needs a second look")
        self.flag.setToolTip("Put the case aside for another opinion and open the next one (Shift+F)")
        self.reject = QPushButton("Reject")
        self.reject.setToolTip("Take the case out of the dataset, whatever labels it has, and open the next (Shift+R)")
        self.looks = QPushButton("Second looks…")
        self.looks.setToolTip(
            "Labels that are likely wrong, and odd or doubled cases, in a window of their own (Shift+L)"
        )
        self.parts = SlicePicker()
        self.notes = NotesPanel()
        self.mode = ModeChooser()
        self.guideline = GuidelinePanel()
        self._is_busy = False
        self._opened: OpenedCase | None = None
        self._part_title = _title("Right in part")
        self._lay_out()
        self.flag.clicked.connect(self.flag_requested)
        self.reject.clicked.connect(self.reject_requested)
        self.looks.clicked.connect(self.looks_requested)
        self.show_no_case()

    def show_case(self, opened: "OpenedCase") -> None:
        """Show a case."""
        self._opened = opened
        slices = 0 if opened.mask is None else len(opened.mask)
        self.state.setText(opened.why_hidden or f"{opened.case.name} is {opened.standing}.")
        self.parts.show_slices(slices, opened.confirmed)
        for widget in (self._part_title, self.parts):
            widget.setVisible(slices > 1)
        self._enable()

    def show_no_case(self) -> None:
        """Say that no case is open."""
        self._opened = None
        self.state.setText("No case is open.")
        self.parts.show_slices(0, ())
        self.notes.show_no_case()
        self._enable()

    def show_agreement(self, text: str) -> None:
        """Show how two readers agree; "" for nothing."""
        self.agreement.setText(text)
        self.agreement.setVisible(bool(text))

    def show_busy(self, is_busy: bool) -> None:
        """Hold the buttons while an answer is awaited."""
        self._is_busy = is_busy
        self._enable()

    def _enable(self) -> None:
        ready = self._opened is not None and not self._is_busy
        self.flag.setEnabled(ready)
        self.reject.setEnabled(ready)
        self.parts.setEnabled(ready)

    def _lay_out(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(6, 6, 6, 6)
        buttons = QHBoxLayout()
        buttons.addWidget(self.flag)
        buttons.addWidget(self.reject)
        buttons.addWidget(self.looks)
        layout.addWidget(self.state)
        layout.addLayout(buttons)
        layout.addWidget(self.agreement)
        layout.addWidget(self._part_title)
        layout.addWidget(self.parts)
        for title, widget in (("Notes", self.notes), ("Guideline", self.guideline), ("Reading mode", self.mode)):
            layout.addWidget(_title(title))
            layout.addWidget(widget)
        layout.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


def _title(text: str) -> QLabel:
    label = QLabel(text)
    label.setStyleSheet("font-weight: 600;")
    return label
