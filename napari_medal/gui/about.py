"""What this program is, and what it is not."""

from importlib.metadata import version

from qtpy.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget


class AboutDialog(QDialog):
    """Says the version and the intended use."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About napari-medal")
        self.text = QLabel(
            f"<h3>napari-medal {version('napari-medal')}</h3>"
            "<p>From a handful of hand-labelled volumes to a curated dataset.</p>"
            "<p><b>For research and dataset curation; not a medical device.</b></p>"
        )
        self.text.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
