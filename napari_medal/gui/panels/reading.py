"""The case that is being read, and what its reader can do with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from napari_medal.core.case import CaseState
from napari_medal.core.file_note import FileNote, Verdict
from napari_medal.core.verification import Stage
from napari_medal.gui.panels.job_bar import JobBar
from napari_medal.gui.panels.slice_strip import SliceStrip
from napari_medal.gui.verifying_words import verifying_words

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase

_REOPENED = (
    CaseState.ACCEPTED,
    CaseState.ACCEPTED_IN_PART,
    CaseState.SKIPPED,
    CaseState.NEEDS_SECOND_LOOK,
    CaseState.REJECTED,
)


class ReadingPanel(QWidget):
    """Shows the case at hand and asks to accept, skip, reopen or leave it."""

    accept_requested = Signal()
    skip_requested = Signal()
    reopen_requested = Signal()
    next_requested = Signal()
    prediction_requested = Signal()
    """Ask the model about this case now."""
    cancel_requested = Signal()
    """Let the model be."""
    place_requested = Signal()
    """Go to the next place worth looking at."""
    prediction_toggled = Signal(bool)
    uncertainty_toggled = Signal(bool)
    probability_toggled = Signal(bool)
    label_hidden = Signal(bool)
    """Whether the label is held hidden."""
    reader_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.case = QLabel("No case is open")
        self.clock = QLabel()
        self.origin = QLabel()
        self.files = QLabel()
        self.reason = QLabel("Double click a case in the list, or press N for the first one.")
        self.reader = QLineEdit()
        self.accept = QPushButton("Accept")
        self.skip = QPushButton("Skip")
        self.reopen = QPushButton("Reopen")
        self.next = QPushButton("Next")
        self.ask = QPushButton("Ask model")
        self.job = JobBar(can_pause=False)
        self.prediction = QCheckBox("Prediction")
        self.uncertainty = QCheckBox("Uncertainty")
        self.probability = QCheckBox("Heat map")
        self.hide_label = QPushButton("Hold to hide label")
        self.strip = SliceStrip()
        self.places = QLabel()
        self.jump = QPushButton("Next place")
        self._opened: OpenedCase | None = None
        self._is_busy = False
        self._is_asking = False
        self._explain()
        self._lay_out()
        self._connect()
        self._enable()

    def show_case(self, opened: "OpenedCase") -> None:
        """Show a case."""
        self._opened = opened
        self.case.setText(opened.case.name)
        self.case.setToolTip(f"Subject {opened.case.subject}")
        self.origin.setText(f"{opened.standing} · you start from {_origin(opened)}")
        self.reason.setText(verifying_words(opened) or opened.why_hidden or _why(opened))
        self._name_accept(verifies=opened.stage is Stage.TO_VERIFY)
        self._show_notes(opened.notes)
        self.prediction.setEnabled(opened.prediction is not None)
        self.uncertainty.setEnabled(opened.uncertainty is not None)
        self.probability.setEnabled(opened.heat is not None)
        self._enable()

    def show_no_case(self) -> None:
        """Say that no case is open."""
        self._opened = None
        self._name_accept(verifies=False)
        self.case.setText("No case is open")
        self.origin.clear()
        self._show_notes(())
        self.clock.clear()
        self.reason.setText("Double click a case in the list, or press N for the first one.")
        self._enable()

    def show_seconds(self, seconds: float) -> None:
        """Show the reading time."""
        self.clock.setText(f"{int(seconds) // 60}:{int(seconds) % 60:02d}")

    def show_places(self, remaining: int, places: int) -> None:
        """Show how many places worth looking at there are, and how many were not looked at yet."""
        self.jump.setEnabled(remaining > 0)
        self.jump.setVisible(places > 0)
        if places == 0:
            self.places.clear()
        elif remaining == 0:
            self.places.setText(f"All {places} places worth looking at were looked at")
        else:
            self.places.setText(f"{remaining} of {places} places worth looking at remain")

    def show_busy(self, is_busy: bool) -> None:
        """Hold the buttons while an answer is awaited."""
        self._is_busy = is_busy
        self._enable()

    def show_asking(self, is_asking: bool) -> None:
        """Show that the model is being asked about the case, or not any more."""
        self._is_asking = is_asking
        if is_asking:
            self.job.show_started("Asking the model")
        else:
            self.job.show_ended()
        self._enable()

    def show_mask_tools(self, visible: bool) -> None:
        """Show or hide what only makes sense for a task that draws."""
        for widget in (self.prediction, self.uncertainty, self.probability, self.hide_label):
            widget.setVisible(visible)

    def _show_notes(self, notes: Sequence[FileNote]) -> None:
        """Show in a few words what is odd about the files; the rest when it is pointed at."""
        self.files.setText(f"Files: {', '.join(dict.fromkeys(map(_about, notes)))}")
        self.files.setToolTip("\n".join(note.words for note in notes))
        self.files.setVisible(bool(notes))

    def _name_accept(self, *, verifies: bool) -> None:
        """Say what accepting means: a label of one's own, or another reader's, verified."""
        self.accept.setText("Verify" if verifies else "Accept")
        self.accept.setToolTip(
            "Keep this label as verified, corrected or not, and open the next one to verify (A)"
            if verifies
            else "Keep this label and open the next case (A)"
        )

    def _enable(self) -> None:
        ready = self._opened is not None and not self._is_busy
        self.accept.setEnabled(ready)
        self.skip.setEnabled(ready)
        self.next.setEnabled(not self._is_busy)
        self.reopen.setEnabled(ready and self._opened is not None and self._opened.case.state in _REOPENED)
        self.hide_label.setEnabled(self._opened is not None)
        hidden = self._opened is None or bool(self._opened.why_hidden)
        self.ask.setEnabled(ready and not hidden and not self._is_asking)

    def _explain(self) -> None:
        self.reader.setPlaceholderText("Your name")
        self._name_accept(verifies=False)
        self.skip.setToolTip("Put this case behind all others and open the next one (S)")
        self.reopen.setToolTip("Take up this case again; its last label counts until you accept a new one")
        self.next.setToolTip("Open the next case; your unfinished label is kept (N)")
        self.ask.setToolTip("Let the live model predict this case now; a training stands still meanwhile (M)")
        self.prediction.setToolTip(
            "Show the model's prediction as an outline, paler than the label (Shift+P; P alone is napari's brush)"
        )
        self.probability.setToolTip(
            "How likely the model thinks the chosen label is, 0 to 100 %; with the eraser any label (Shift+H)"
        )
        self.uncertainty.setToolTip("Show where the model is unsure, bright where most (U)")
        self.jump.setToolTip("Go to the most uncertain place that you have not looked at yet (J)")
        self.places.setToolTip("Slices where the model is most unsure, marked by triangles on the strip")
        self.hide_label.setToolTip("Look at the bare image while you hold the button or the key (H)")
        self.reader.setToolTip("Kept with every label that you accept")
        self.clock.setToolTip("Reading time; pauses beyond 20 seconds are left out")
        self.origin.setToolTip("Where the case stands, and the label that you started from")
        self.reason.setToolTip("Why the model thinks that this case is worth your time")

    def _lay_out(self) -> None:
        self.case.setStyleSheet("font-size: 15px; font-weight: 600;")
        self.case.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.setWordWrap(True)
        self.files.setWordWrap(True)
        self.files.setStyleSheet("color: gray;")
        self.files.hide()
        self.accept.setObjectName("medalAccept")
        self.accept.setStyleSheet("#medalAccept { font-weight: 600; }")
        self.accept.setMinimumHeight(32)
        for button in (self.skip, self.next, self.reopen):
            button.setMinimumHeight(32)
        head = QHBoxLayout()
        head.addWidget(self.case, 1)
        head.addWidget(self.clock)
        shown = QHBoxLayout()
        for widget in (self.prediction, self.uncertainty, self.probability):
            shown.addWidget(widget)
        shown.addStretch(1)
        shown.addWidget(self.ask)
        buttons = QHBoxLayout()
        buttons.addWidget(self.accept, 1)
        for button in (self.skip, self.next, self.reopen):
            buttons.addWidget(button)
        where = QHBoxLayout()
        where.addWidget(self.places, 1)
        where.addWidget(self.jump)
        reader = QHBoxLayout()
        reader.addWidget(QLabel("Reader"))
        reader.addWidget(self.reader, 1)
        reader.addWidget(self.hide_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(head)
        layout.addWidget(self.origin)
        layout.addWidget(self.files)
        layout.addWidget(self.reason)
        layout.addWidget(self.strip)
        layout.addLayout(where)
        layout.addLayout(shown)
        layout.addWidget(self.job)
        layout.addLayout(reader)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.accept.clicked.connect(self.accept_requested)
        self.skip.clicked.connect(self.skip_requested)
        self.reopen.clicked.connect(self.reopen_requested)
        self.next.clicked.connect(self.next_requested)
        self.prediction.toggled.connect(self.prediction_toggled)
        self.uncertainty.toggled.connect(self.uncertainty_toggled)
        self.probability.toggled.connect(self.probability_toggled)
        self.jump.clicked.connect(self.place_requested)
        self.ask.clicked.connect(self.prediction_requested)
        self.job.cancel_requested.connect(self.cancel_requested)
        self.hide_label.pressed.connect(self._on_hold)
        self.hide_label.released.connect(self._on_release)
        self.reader.textChanged.connect(self.reader_changed)

    def _on_hold(self) -> None:
        self.label_hidden.emit(True)

    def _on_release(self) -> None:
        self.label_hidden.emit(False)


def _about(note: FileNote) -> str:
    return note.kind.value + (" (repaired)" if note.verdict is Verdict.REPAIRED else "")


def _origin(opened: "OpenedCase") -> str:
    model = "" if opened.started_from is None else f" of model v{opened.started_from}"
    return opened.origin.value + (model if opened.origin.name == "PREDICTION" else "")


def _why(opened: "OpenedCase") -> str:
    return "" if opened.score is None else _sentence(opened.score.reason, opened.overview)


def _sentence(reason: str, overview: str) -> str:
    text = reason[:1].upper() + reason[1:]
    return f"{text} ({overview})" if text and overview else text or overview
