"""How to label, in the readers' own words."""

from typing import Any

from qtpy.QtCore import QByteArray, QUrl, Signal
from qtpy.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

_HEIGHT_PX = 160
_EMPTY = (
    "*There is no guideline yet.* Press **Edit** and write down what belongs to a label and what does not: borders, "
    "doubtful voxels, artefacts. It is kept as `guideline.md` in the project's folder."
)


class GuidelinePanel(QWidget):
    """Shows the guideline, and lets it be edited in place."""

    save_requested = Signal(str)
    """(Markdown)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = _Page()
        self.view.setToolTip("The project's guideline")
        self.editor = QPlainTextEdit()
        self.editor.setToolTip("Markdown: # heading, - item, **bold**")
        self.editor.setTabChangesFocus(True)
        self.edit = QPushButton("Edit")
        self.edit.setToolTip("Change the guideline here")
        self.save = QPushButton("Save")
        self.save.setToolTip("Keep the guideline in the project's folder")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Leave the guideline as it was")
        self._text = ""
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.editor)
        self._pages.setFixedHeight(_HEIGHT_PX)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.edit, self.save, self.cancel):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        layout.addLayout(buttons)
        self.edit.clicked.connect(self._on_edit)
        self.save.clicked.connect(self._on_save)
        self.cancel.clicked.connect(self._on_cancel)
        self.show_text("")
        self.setEnabled(False)

    @property
    def is_editing(self) -> bool:
        """Whether the editor is open."""
        return self._pages.currentWidget() is self.editor

    def show_text(self, text: str) -> None:
        """Show a guideline, in Markdown; "" where there is none."""
        self.setEnabled(True)
        self._text = text
        self.view.setMarkdown(text if text.strip() else _EMPTY)
        self._turn(to_editor=False)

    def _turn(self, to_editor: bool) -> None:
        self._pages.setCurrentWidget(self.editor if to_editor else self.view)
        self.edit.setVisible(not to_editor)
        self.save.setVisible(to_editor)
        self.cancel.setVisible(to_editor)

    def _on_edit(self) -> None:
        self.editor.setPlainText(self._text)
        self._turn(to_editor=True)
        self.editor.setFocus()

    def _on_save(self) -> None:
        self.save_requested.emit(self.editor.toPlainText())

    def _on_cancel(self) -> None:
        self._turn(to_editor=False)


class _Page(QTextBrowser):
    """A page that fetches nothing and leads nowhere: a project may come from anybody."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ARG002, N802 - Qt's signature
        """Return no bytes, whatever the page asks for; None would make Qt read local files by itself."""
        return QByteArray()
