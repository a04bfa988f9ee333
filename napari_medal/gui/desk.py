"""What happens at the desk: a project, its list, one case at a time. No widgets."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qtpy.QtCore import QObject, Signal

from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.target import Target
from napari_medal.errors import ProjectError
from napari_medal.gui import calls
from napari_medal.gui.errands import Errands
from napari_medal.gui.journal_keeper import JournalKeeper
from napari_medal.gui.label_change import ChangeKind, LabelChange
from napari_medal.gui.reading import CaseReading
from napari_medal.gui.reading_order import next_in_order, reading_order
from napari_medal.gui.worker import Worker, ignore
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    from napari_medal.core.annotation import Annotation
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.ranking import WorkItem
    from napari_medal.loop.session import Session


class Canvas(Protocol):
    """Where masks are drawn."""

    @property
    def shows_label(self) -> bool:
        """Whether a reader sees the mask."""

    def mask(self) -> LabelArray | None:
        """Return a copy of the mask as drawn so far, (Z, Y, X)."""


class Desk(QObject):
    """Opens projects and cases, keeps what is drawn, accepts; everything that waits is done in the worker.

    Args:
        worker: Does the waiting.
        canvas: Where masks are drawn.
        parent: Qt parent.
    """

    project_opened = Signal(object)
    """(Session)"""
    task_changed = Signal(str)
    list_changed = Signal(object)
    """(Sequence[WorkItem])"""
    case_opened = Signal(object)
    """(OpenedCase): show it."""
    case_closed = Signal()
    """No case is being read any more."""
    case_accepted = Signal(object)
    """(Annotation)"""
    busy_changed = Signal(bool)
    told = Signal(str)
    """What a reader should know."""
    failed = Signal(object)
    """(Exception)"""

    def __init__(self, worker: Worker, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._canvas = canvas
        self._errands = Errands(worker, self.failed.emit, self)
        self._errands.busy_changed.connect(self.busy_changed)
        self._wanted: str | None = None
        self._open_after_listing: str | None = None
        self._changes_when_asked = 0
        self.keeper = JournalKeeper(self)
        self.keeper.failed.connect(self.failed)
        self.keeper.told.connect(self.told)
        self.session: Session | None = None
        self.task = self.reader = ""
        self.items: Sequence[WorkItem] = ()
        self.reading: CaseReading | None = None

    @property
    def asks_for_mask(self) -> bool:
        """Whether the task at hand is answered by drawing."""
        return self.session is not None and self.session.task(self.task).target is Target.MASK

    @property
    def is_busy(self) -> bool:
        """Whether an answer of the worker is awaited."""
        return self._errands.is_busy

    def open_project(self, folder: Path) -> None:
        """Open a project in place of the one at hand."""
        self._errands.ask(partial(calls.open_project, folder), self.show_session)

    def show_session(self, session: "Session") -> None:
        """Work on an opened project in place of the one at hand; it is closed with the desk."""
        self.close()
        self.session = session
        self.task = next(iter(session.project.settings.tasks))
        self.project_opened.emit(session)
        self.task_changed.emit(self.task)
        self.refresh()
        self._errands.ask(partial(calls.unfinished_case, session), self._on_unfinished)

    def choose_task(self, task: str) -> None:
        """Go on with another task of the project."""
        if task != self.task:
            self._leave_case()
            self.task = task
            self.task_changed.emit(task)
            self.refresh()

    def refresh(self) -> None:
        """Rank anew; the case being read stays as it is."""
        if self.session is not None:
            call = partial(calls.list_cases, self.session, self.task, self.reader)
            self._errands.ask(call, self._on_listed)

    def open_case(self, name: str) -> None:
        """Open a case in place of the one at hand, which stays until the other one is read."""
        if self.session is None:
            return
        if self.reading is not None and self.reading.opened.case.name == name:
            self.leave()
            self._changes_when_asked = self.reading.changes
        self._wanted = name
        call = partial(calls.open_case, self.session, self.task, name, self.reader, self.keeper.settle)
        self._errands.ask(call, self._on_case_read, self._on_case_unreadable)

    @property
    def next_case(self) -> str | None:
        """The case that comes after the one at hand, or the first one."""
        return next_in_order(self.items, self._wanted, verifying=self._is_verifying)

    def open_next(self) -> None:
        """Open the next case."""
        if self.next_case is not None:
            self.open_case(self.next_case)

    def accept(self, reader: str, confirmed: SliceRanges | None = None) -> None:
        """Keep the answer to the case at hand, or some slices of it, as a revision; then open the next case."""
        session, reading = self.session, self.reading
        if session is None or reading is None or self.is_busy:
            return
        case, provenance = reading.opened.case.name, reading.provenance(reader, confirmed)
        answer = self._answer(reading)
        if answer is None:
            what = "has lost its label layer; open it again" if self.asks_for_mask else "has no answer yet; choose one"
            self.failed.emit(ProjectError(f"{case} {what}."))
        elif isinstance(answer, int | float):
            call = partial(calls.accept_choice, session, self.task, case, answer, provenance)
            self._errands.ask(call, self._on_accepted)
        elif reading.journal is not None:
            reading.journal.note_accepting(provenance.seconds_spent)
            call = partial(calls.accept_drawn, session, self.task, answer, provenance, reading.journal)
            self._errands.ask(call, self._on_accepted)

    def skip(self) -> None:
        """Put the case at hand behind all others and open the next; a label to verify stays where it is."""
        if self._is_verifying:
            self.open_next()
        else:
            self.put_aside(calls.skip)

    def put_aside(self, act: Callable[["Session", str], str]) -> None:
        """Do with the case at hand what puts it aside, and open the next."""
        self._ask_about_case(act, self._on_put_aside)

    def reopen(self) -> None:
        """Take up the case at hand again after it was accepted or skipped."""
        self._ask_about_case(calls.reopen, self.read_again)

    def choose(self, answer: int | float | None) -> None:
        """Note the reader's class (int) or number (float) for the case at hand; None takes it back."""
        if self.reading is not None:
            self.reading.chosen = answer
            self.reading.stopwatch.touch()

    def note_change(self, change: LabelChange) -> None:
        """The mask has changed."""
        reading, session = self.reading, self.session
        if reading is None or reading.journal is None or session is None:
            return
        is_first = reading.changes == 0
        reading.note(change, self._canvas.mask() if change.kind is ChangeKind.REPLACED else None)
        self.keeper.write(reading.journal)
        if is_first:
            self._worker.run(partial(calls.begin_case, session, reading.opened.case.name), ignore, self.failed.emit)

    def note_activity(self) -> None:
        """The reader is at work."""
        if self.reading is not None:
            self.reading.stopwatch.touch()

    def leave(self) -> None:
        """Note that the reader leaves the case at hand; whatever is drawn on it afterwards is kept all the same."""
        if self.reading is not None and self.reading.journal is not None:
            self.reading.leave()
            self.keeper.write(self.reading.journal)

    def close(self) -> None:
        """Let go of the project; the worker does that last."""
        self._leave_case()
        session, self.session = self.session, None
        if session is not None:
            self._worker.run(session.close, ignore, self.failed.emit)

    @property
    def _is_verifying(self) -> bool:
        return self.reading is not None and self.reading.is_verifying

    def _answer(self, reading: CaseReading) -> LabelArray | int | float | None:
        if not self.asks_for_mask:
            return reading.chosen
        return self._canvas.mask() if self._canvas.shows_label else None

    def _ask_about_case(self, call: "Callable[[Session, str], str]", done: Callable[[str], None]) -> None:
        """Ask for something about the case at hand, unless an answer is awaited."""
        if self.session is not None and self.reading is not None and not self.is_busy:
            self._errands.ask(partial(call, self.session, self.reading.opened.case.name), done)

    def _leave_case(self) -> None:
        """Put the case at hand away."""
        if self.reading is not None:
            self.leave()
            self.reading = None
            self.case_closed.emit()
        self._wanted = None

    def _on_unfinished(self, found: tuple[str, str] | None) -> None:
        """Go on where the program died."""
        if found is not None and self._wanted is None:
            task, case = found
            self.choose_task(task)
            self.open_case(case)

    def _on_listed(self, listed: "tuple[str, list[WorkItem]]") -> None:
        if listed[0] != self.task:
            return
        self.items = listed[1]
        self.list_changed.emit(self.items)
        left, self._open_after_listing = self._open_after_listing, None
        if left is not None and self._wanted == left:
            following = [name for name in reading_order(self.items, verifying=self._is_verifying) if name != left]
            if following:
                self.open_case(following[0])
            else:
                self._leave_case()

    def _on_case_read(self, opened: "OpenedCase") -> None:
        name = opened.case.name
        if name != self._wanted or opened.task != self.task:
            return
        if self.reading is not None:
            if self.reading.opened.case.name == name and self.reading.changes != self._changes_when_asked:
                self.open_case(name)  # drawn on meanwhile
                return
            self.leave()
        self.reading = None  # strokes that the change of layers makes are nobody's
        self.case_opened.emit(opened)
        self.reading = CaseReading(opened)
        for problem in opened.problems:
            self.failed.emit(ProjectError(problem))
        for text in (*opened.notices, *_restored(opened)):
            self.told.emit(text)

    def _on_case_unreadable(self, error: Exception) -> None:
        """Stay with the case at hand."""
        self._wanted = None if self.reading is None else self.reading.opened.case.name
        self.failed.emit(error)

    def _on_accepted(self, annotation: "Annotation") -> None:
        if not annotation.accepted:  # the first label of a second read: now the prediction may be seen
            self.read_again(annotation.case)
            return
        self.case_accepted.emit(annotation)
        self._on_put_aside(annotation.case)

    def _on_put_aside(self, case: str) -> None:
        self._open_after_listing = case
        self.refresh()

    def read_again(self, case: str) -> None:
        """Show what there is to know of a case by now; what is drawn on it stays."""
        self.refresh()
        self.open_case(case)


def _restored(opened: "OpenedCase") -> tuple[str, ...]:
    """Say what was restored, if anything."""
    if opened.restored == 0:
        return ()
    strokes, them = ("stroke", "it") if opened.restored == 1 else ("strokes", "them")
    return (f"Restored {opened.restored} {strokes} on case {opened.case.name}; Ctrl+Z takes {them} back.",)
