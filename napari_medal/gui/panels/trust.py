"""How far to trust the model, in a few sentences."""

from collections.abc import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QGroupBox, QLabel, QPushButton, QVBoxLayout, QWidget

_TIPS = (
    "From cases that were drawn at random, whatever their score, and predicted before anybody corrected them",
    "Ranked cases beside random ones: error corrected in a minute of reading",
    "From the figures of all versions on the validation set",
)


class TrustPanel(QGroupBox):
    """Shows the sentences, and asks for the window with the rest."""

    details_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("How good it is", parent)
        self.sentences = [_sentence(tip) for tip in _TIPS]
        self.details = QPushButton("Curves and doubtful cases …")
        self.details.setToolTip(
            "How the model grew, how far it knows its own quality, and which predictions to distrust"
        )
        self.details.setEnabled(False)
        self.details.clicked.connect(self.details_requested)
        layout = QVBoxLayout(self)
        for sentence in self.sentences:
            layout.addWidget(sentence)
        layout.addWidget(self.details, alignment=Qt.AlignmentFlag.AlignLeft)

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """Show what is known; none clears it."""
        for label, text in zip(self.sentences, [*sentences, "", "", ""], strict=False):
            label.setText(text)
            label.setVisible(bool(text))
        self.details.setEnabled(bool(sentences))


def _sentence(tip: str) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setToolTip(tip)
    label.hide()
    return label
