"""The case that is being read."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QTimer, Signal

from napari_medal.catalogue.drafts import Draft
from napari_medal.gui.stopwatch import Stopwatch
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    # The loop brings the engine's libraries along, which take seconds to import: a worker does that.
    from napari_medal.loop.answers import Reading
    from napari_medal.loop.opening import OpenedCase

DRAFT_AFTER_MS = 1000
"""A draft is saved this long after the last stroke."""


class CaseReading(QObject):
    """One case from opening to leaving: its stopwatch, its class, and whether work is unsaved.

    Args:
        opened: The case.
        take_mask: Returns a copy of the mask as drawn so far, (Z, Y, X); None for a task that chooses.
        parent: Qt parent.
    """

    draft_due = Signal(object, object)
    """(OpenedCase, Draft): work that must be saved."""

    def __init__(
        self, opened: "OpenedCase", take_mask: Callable[[], LabelArray | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.opened = opened
        self.stopwatch = Stopwatch(opened.seconds_spent)
        self.class_value = opened.class_value
        self._take_mask = take_mask
        self._is_dirty = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DRAFT_AFTER_MS)
        self._timer.timeout.connect(self.flush)

    @property
    def is_dirty(self) -> bool:
        """Whether there are strokes that no draft holds."""
        return self._is_dirty

    def note_stroke(self) -> None:
        """The mask has changed: save a draft when the hand rests."""
        self.stopwatch.touch()
        self._is_dirty = True
        self._timer.start()

    def flush(self) -> None:
        """Save what is unsaved, now."""
        self._timer.stop()
        if not self._is_dirty:
            return
        mask = self._take_mask()
        if mask is None:
            return
        self._is_dirty = False
        self.draft_due.emit(self.opened, Draft(mask, self.stopwatch.seconds, self.opened.started_from))

    def note_unsaved(self) -> None:
        """A draft could not be saved: try again with the next stroke or when the case is left."""
        self._is_dirty = True

    def provenance(self, reader: str) -> "Reading":
        """Say who read the case, how long, and what they started from."""
        from napari_medal.loop.answers import Reading

        return Reading(reader, self.stopwatch.seconds, self.opened.started_from)
