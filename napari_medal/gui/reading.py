"""The case that is being read."""

from functools import partial
from typing import TYPE_CHECKING

from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.verification import Stage
from napari_medal.gui.label_change import ChangeKind, LabelChange
from napari_medal.gui.label_layer import stroke_of
from napari_medal.gui.stopwatch import Stopwatch
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    # The loop brings the engine's libraries along, which take seconds to import: a worker does that.
    from napari_medal.loop.answers import Reading
    from napari_medal.loop.journalling import CaseJournal
    from napari_medal.loop.opening import OpenedCase


class CaseReading:
    """One case from opening to leaving: its stopwatch, what is chosen, and the journal of what is drawn."""

    def __init__(self, opened: "OpenedCase") -> None:
        self.opened = opened
        self.stopwatch = Stopwatch(opened.seconds_spent)
        self.chosen: int | float | None = opened.value if opened.class_value is None else opened.class_value

    @property
    def journal(self) -> "CaseJournal | None":
        """Where strokes are noted; None for a task that chooses or measures."""
        return self.opened.journal

    @property
    def changes(self) -> int:
        """How often the label was changed since the case was opened."""
        return 0 if self.journal is None else self.journal.changes

    @property
    def is_dirty(self) -> bool:
        """Whether there are strokes that are not on the disk yet."""
        return self.journal is not None and self.journal.is_pending

    @property
    def is_verifying(self) -> bool:
        """Whether the reader verifies another one's label."""
        return self.opened.stage is Stage.TO_VERIFY

    @property
    def seconds(self) -> float:
        """The reading time of the one who reads, without that of the reader whose label they verify."""
        return max(self.stopwatch.seconds - self.opened.seconds_of_others, 0.0)

    def note(self, change: LabelChange, mask: LabelArray | None = None) -> None:
        """Note a change of the label; `mask`, (Z, Y, X), is a copy of one that was put in its place."""
        self.stopwatch.touch()
        journal, seconds = self.journal, self.stopwatch.seconds
        if journal is None or self.opened.mask is None:
            return
        if change.kind is ChangeKind.DRAWN:
            journal.note_stroke(partial(stroke_of, change.steps, self.opened.mask.shape, change.title), seconds)
        elif change.kind is ChangeKind.UNDONE:
            journal.note_undone(seconds)
        elif change.kind is ChangeKind.REDONE:
            journal.note_redone(seconds)
        elif mask is not None and mask.shape == self.opened.mask.shape:
            journal.note_replaced(mask, seconds)

    def leave(self) -> None:
        """Note that the reader leaves the case."""
        if self.journal is not None:
            self.journal.note_left(self.stopwatch.seconds)

    def provenance(self, reader: str, confirmed: SliceRanges | None = None) -> "Reading":
        """Say who read the case, how long, what they started from, and which slices are right if not all are."""
        from napari_medal.loop.answers import Reading

        opened = self.opened
        shown = None if opened.label is None else opened.label.identifier
        return Reading(reader, self.seconds, opened.started_from, confirmed=confirmed, mode=opened.mode, shown=shown)
