"""What the dock says before a project is open."""

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

_TEXT = """<p style="font-size: 14px"><b>No project is open.</b></p>
<p>Choose <b>Open project…</b> and pick the folder of a project: the one that holds a file called
<i>medal.toml</i>.</p>
<p>To make a project from a folder of images, write in a terminal</p>
<p><code>napari-medal new</code></p>
<p>and it says what it needs: where the images are, and what you want to label.</p>"""


class WelcomePanel(QWidget):
    """Says how to begin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel(_TEXT)
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 24, 16, 16)
        layout.addWidget(self.text)
        layout.addStretch(1)
