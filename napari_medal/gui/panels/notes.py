"""What readers note of the case at hand."""

from typing import TYPE_CHECKING

from qtpy.QtCore import Signal
from qtpy.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from napari_medal.loop.notes import CaseNotes

_LIST_PX = 72
_DIFFICULTIES = ("not said", "1 easy", "2", "3", "4", "5 hard")


class NotesPanel(QWidget):
    """Shows and asks for difficulty, tags and comments."""

    difficulty_chosen = Signal(object)
    """(1 to 5, or None)"""
    tags_changed = Signal(object)
    """(tuple of tags)"""
    comment_written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.difficulty = QComboBox()
        self.difficulty.addItems(list(_DIFFICULTIES))
        self.difficulty.setToolTip("How hard this case is to label; exported with the dataset")
        self.tags = QLineEdit()
        self.tags.setPlaceholderText("motion, post-op")
        self.tags.setToolTip(
            "Words to find the case by, with commas between. Exported: write no names. Enter keeps them"
        )
        self.comments = QListWidget()
        self.comments.setWordWrap(True)
        self.comments.setFixedHeight(_LIST_PX)
        self.comments.setToolTip("What readers remarked, the last one at the end; never exported")
        self.comment = QLineEdit()
        self.comment.setPlaceholderText("A remark")
        self.comment.setToolTip("A remark; kept for good under your name, never exported. Enter keeps it")
        self.add = QPushButton("Add")
        self.add.setToolTip("Keep the remark")
        self._shown: tuple[str, ...] = ()
        self._lay_out()
        self.difficulty.activated.connect(self._on_difficulty)
        self.tags.editingFinished.connect(self._on_tags)
        self.comment.returnPressed.connect(self._on_comment)
        self.add.clicked.connect(self._on_comment)
        self.comment.textChanged.connect(self._enable)
        self.show_no_case()

    def show_notes(self, notes: "CaseNotes") -> None:
        """Show the notes of a case; a remark that is being written stays."""
        self.setEnabled(True)
        self.difficulty.setCurrentIndex(notes.difficulty or 0)
        self._shown = notes.tags
        if not self.tags.hasFocus() or not self.tags.isModified():
            self.tags.setText(", ".join(notes.tags))
        self.comments.clear()
        for remark in notes.comments:
            when = f"{remark.created_at.astimezone():%d %b %Y %H:%M}"
            self.comments.addItem(f"{remark.text}\n{remark.reader}, {when}")
        self.comments.scrollToBottom()
        self._enable()

    def show_no_case(self) -> None:
        """Show nothing."""
        self._shown = ()
        self.difficulty.setCurrentIndex(0)
        self.tags.clear()
        self.comments.clear()
        self.comment.clear()
        self.setEnabled(False)

    def show_comment_kept(self) -> None:
        """Make place for the next remark."""
        self.comment.clear()

    def _enable(self) -> None:
        self.add.setEnabled(bool(self.comment.text().strip()))

    def _on_difficulty(self, index: int) -> None:
        self.difficulty_chosen.emit(index or None)

    def _on_tags(self) -> None:
        tags = tuple(sorted({word.strip() for word in self.tags.text().split(",") if word.strip()}))
        if tags != self._shown:
            self._shown = tags
            self.tags.setModified(False)
            self.tags_changed.emit(tags)

    def _on_comment(self) -> None:
        if self.comment.text().strip():
            self.comment_written.emit(self.comment.text().strip())

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Difficulty", self.difficulty)
        form.addRow("Tags", self.tags)
        row = QHBoxLayout()
        row.addWidget(self.comment, 1)
        row.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.comments)
        layout.addLayout(row)
