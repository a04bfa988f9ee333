"""What a reader draws on one case, on its way to the disk."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from napari_medal.catalogue.journal import Journal
from napari_medal.catalogue.journal_record import Kind, Record
from napari_medal.catalogue.journal_replay import accepted_record, stroke_record
from napari_medal.catalogue.mask_code import encode_mask
from napari_medal.core.annotation import Annotation
from napari_medal.core.stroke import Stroke
from napari_medal.errors import MedalError, ProjectError
from napari_medal.loop.answers import Reading, accept_mask
from napari_medal.loop.session import Session
from napari_medal.types import LabelArray


class CaseJournal:
    """Takes notes without waiting, in the reader's thread, and writes them in any other.

    Args:
        case: Its name, for messages.
        journal: Where it is written.
        is_open: Whether it holds strokes of a program that died.
    """

    def __init__(self, case: str, journal: Journal, *, is_open: bool = False) -> None:
        self.case = case
        self._journal = journal
        self._is_open = is_open
        self._notes: deque[Callable[[], Record]] = deque()
        self._records: list[Record] = []
        self._writing = threading.Lock()
        self.changes = 0
        """How many strokes, undos and redos it has been told of."""

    @property
    def is_pending(self) -> bool:
        """Whether there is anything that is not on the disk and belongs there."""
        notes = bool(self._notes) or bool(self._records)
        return notes and (self._journal.is_written or self.changes > 0)

    def note_stroke(self, make: Callable[[], Stroke], seconds: float) -> None:
        """Note a stroke; `make` is called in the background."""
        self._note_change(lambda: stroke_record(make(), seconds))

    def note_undone(self, seconds: float) -> None:
        """Note that the last step was taken back."""
        self._note_change(partial(Record, Kind.UNDO, seconds))

    def note_redone(self, seconds: float) -> None:
        """Note that a step was made again."""
        self._note_change(partial(Record, Kind.REDO, seconds))

    def note_replaced(self, mask: LabelArray, seconds: float) -> None:
        """Note that another mask, (Z, Y, X), is in place of the drawn one; nobody may write to it."""
        self._note_change(lambda: Record(Kind.REPLACED, seconds, encode_mask(mask)))

    def note_accepting(self, seconds: float) -> None:
        """Note that the mask, as it is now, is sent to become a revision."""
        self._notes.append(partial(Record, Kind.ACCEPTING, seconds))

    def note_accepted(self, revision: int, seconds: float) -> None:
        """Note that the mask that was sent last became a revision."""
        self._notes.append(partial(accepted_record, revision, seconds))

    def note_refused(self, seconds: float) -> None:
        """Note that the mask that was sent last became none."""
        self._notes.append(partial(Record, Kind.REFUSED, seconds))

    def note_left(self, seconds: float) -> None:
        """Note that the reader leaves the case."""
        if self._is_open:
            self._is_open = False
            self._notes.append(partial(Record, Kind.LEFT, seconds))

    def write(self) -> None:
        """Write all notes; they are on the disk when this returns. What cannot be written is kept for the next call.

        Raises:
            ProjectError: The disk is full, or the folder cannot be reached.
        """
        with self._writing:
            while self._notes:
                self._records.append(self._notes[0]())
                self._notes.popleft()
            if not self._records or not (self._journal.is_written or any(r.kind.is_change for r in self._records)):
                return
            try:
                self._journal.append(self._records)
            except OSError as error:
                count = sum(record.kind.is_change for record in self._records)
                where = error.filename or self._journal.path
                msg = (
                    f"The last {count} changes of {self.case} are not on the disk yet: {error.strerror} ({where}). "
                    "They are kept in memory and written as soon as that goes; leave the program open until then."
                )
                raise ProjectError(msg) from error
            self._records.clear()

    def _note_change(self, note: Callable[[], Record]) -> None:
        self._is_open = True
        self._notes.append(note)
        self.changes += 1


def accept_drawn(session: Session, task: str, mask: LabelArray, reading: Reading, journal: CaseJournal) -> Annotation:
    """Keep the mask that was noted as being accepted as the next revision, and its steps in the journal.

    A journal that cannot be written does not hold an answer up: the mask is in the revision, and the strokes stay
    noted.

    Raises:
        GeometryError, ProjectError: As `accept_mask`.
    """
    with suppress(ProjectError):
        journal.write()
    try:
        annotation = accept_mask(session, task, journal.case, mask, reading)
    except (MedalError, OSError):
        journal.note_refused(reading.seconds_spent)
        raise
    journal.note_accepted(annotation.revision, reading.seconds_spent)
    with suppress(ProjectError):
        journal.write()
    return annotation
