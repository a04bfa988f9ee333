"""A label that keeps room for the longest of its texts."""

from collections.abc import Iterable

from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QLabel, QWidget


class RoomyLabel(QLabel):
    """Shows one of several texts in full, and moves nothing around it when another one is shown.

    Args:
        text: What it shows at first.
        others: What it may show later; a text that is none of them makes room for itself when it comes.
        parent: Qt parent.
    """

    def __init__(self, text: str = "", others: Iterable[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._texts = {text, *others}
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setText(text)
        if text not in self._texts:
            self._texts.add(text)
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Make room by the width there is."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._make_room()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Make room by the font and the style there are."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._make_room()

    def _make_room(self) -> None:
        """Ask Qt how tall each text is in this style, which nothing else knows."""
        shown, heights = self.text(), []
        for text in self._texts:
            self.setText(text)
            heights.append(self.heightForWidth(self.width()))
        self.setText(shown)
        self.setMinimumHeight(max(0, *heights))  # -1 is Qt's word for no text
