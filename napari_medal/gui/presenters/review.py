"""The tab "Review" and what it speaks of."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.slice_ranges import SliceRanges, merged
from napari_medal.gui import review_calls
from napari_medal.gui.desk import Desk
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.panels.review import ReviewPanel
from napari_medal.gui.shortcuts import Key
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.notes import CaseNotes
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.session import Session

Accept = Callable[[SliceRanges], None]
ReaderName = Callable[[], str]


class ReviewPresenter(QObject):
    """Shows the case at hand from the reviewer's side, and hands on what is asked for.

    Args:
        desk: The case at hand.
        layers: Tells the slice in view.
        panel: The tab.
        worker: Does the waiting.
        accept: Accepts some slices of the label, under the reader's name.
        reader: Returns that name.
        parent: Qt parent.
    """

    ranges_changed = Signal(object)
    """(SliceRanges): what is called right, whether it was accepted yet or not."""
    failed = Signal(object)
    """(Exception)"""

    def __init__(
        self,
        desk: Desk,
        layers: CaseLayers,
        panel: ReviewPanel,
        worker: Worker,
        accept: Accept,
        reader: ReaderName,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layers = layers
        self._panel = panel
        self._worker = worker
        self._accept = accept
        self._reader = reader
        self._case = ""
        self._slices = 0
        self._ranges: SliceRanges = ()
        self._connect_panel()
        self._connect_desk()

    def keys(self) -> tuple[Key, ...]:
        """Return the keys of the tab."""
        return (
            Key("Shift-F", "Shift+F", "Needs a second look: put the case aside", self.flag),
            Key("Shift-R", "Shift+R", "Reject the case", self.reject),
            Key("K", "K", "Call the slice in view right", self.confirm_slice),
        )

    def flag(self) -> None:
        """Ask for a second look at the case at hand."""
        self._desk.put_aside(review_calls.flag)

    def reject(self) -> None:
        """Take the case at hand out of the dataset."""
        self._desk.put_aside(review_calls.reject)

    def confirm_slice(self) -> None:
        """Call the slice in view right."""
        if self._slices > 1:
            self._on_range_added(self._layers.slice_at_hand, self._layers.slice_at_hand)

    def release(self) -> None:
        """Show nothing any more."""
        self._desk.project_opened.disconnect(self._on_project_opened)
        self._desk.task_changed.disconnect(self._on_task_changed)
        self._desk.list_changed.disconnect(self._on_list_changed)
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_closed.disconnect(self._on_case_closed)

    def _connect_panel(self) -> None:
        panel = self._panel
        panel.flag_requested.connect(self.flag)
        panel.reject_requested.connect(self.reject)
        panel.parts.here_requested.connect(self._on_here_requested)
        panel.parts.range_added.connect(self._on_range_added)
        panel.parts.range_removed.connect(self._on_range_removed)
        panel.parts.accept_requested.connect(self._on_accept_requested)
        panel.notes.comment_written.connect(self._on_comment_written)
        panel.notes.difficulty_chosen.connect(self._on_difficulty_chosen)
        panel.notes.tags_changed.connect(self._on_tags_changed)
        panel.mode.mode_requested.connect(self._on_mode_requested)
        panel.guideline.save_requested.connect(self._on_guideline_saved)

    def _connect_desk(self) -> None:
        self._desk.project_opened.connect(self._on_project_opened)
        self._desk.task_changed.connect(self._on_task_changed)
        self._desk.list_changed.connect(self._on_list_changed)
        self._desk.case_opened.connect(self._on_case_opened)
        self._desk.case_closed.connect(self._on_case_closed)
        self._desk.busy_changed.connect(self._panel.show_busy)

    def _on_project_opened(self, session: "Session") -> None:
        self._worker.run(
            partial(review_calls.read_guideline, session), self._panel.guideline.show_text, self.failed.emit
        )

    def _on_task_changed(self, task: str) -> None:
        if self._desk.session is not None:
            self._panel.mode.show_mode(self._desk.session.project.task_settings(task).reading)

    def _on_list_changed(self) -> None:
        """The figure depends on what was predicted and accepted, and so does the list."""
        session, task = self._desk.session, self._desk.task
        if session is not None:
            call = partial(review_calls.ruled_out_in_words, session, task)
            self._worker.run(call, self._on_figure, self.failed.emit)

    def _on_figure(self, answer: tuple[str, str]) -> None:
        task, text = answer
        if task == self._desk.task:
            self._panel.mode.show_figure(text)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        session = self._desk.session
        self._case = opened.case.name
        self._slices = 0 if opened.mask is None else len(opened.mask)
        self._ranges = opened.confirmed
        self._panel.show_case(opened)
        self.ranges_changed.emit(self._ranges)
        if session is not None:
            self._panel.notes.show_no_case()
            self._worker.run(partial(review_calls.notes_of, session, self._case), self._on_notes, self.failed.emit)

    def _on_case_closed(self) -> None:
        self._case, self._slices, self._ranges = "", 0, ()
        self._panel.show_no_case()

    def _on_notes(self, notes: "CaseNotes") -> None:
        if notes.case == self._case:
            self._panel.notes.show_notes(notes)

    def _on_here_requested(self, is_first: bool) -> None:
        self._panel.parts.show_here(self._layers.slice_at_hand, is_first)

    def _on_range_added(self, first: int, last: int) -> None:
        found = merged((*self._ranges, (first, last)), self._slices)
        self._show_ranges(((0, self._slices - 1),) if found is None else found)

    def _on_range_removed(self, row: int) -> None:
        self._show_ranges(self._ranges[:row] + self._ranges[row + 1 :])

    def _show_ranges(self, ranges: SliceRanges) -> None:
        self._ranges = ranges
        self._panel.parts.show_ranges(ranges)
        self.ranges_changed.emit(ranges)

    def _on_accept_requested(self) -> None:
        if self._ranges:
            self._accept(self._ranges)

    def _on_comment_written(self, text: str) -> None:
        self._note(partial(review_calls.add_comment, reader=self._reader(), text=text), self._on_comment_kept)

    def _on_difficulty_chosen(self, difficulty: int | None) -> None:
        self._note(partial(review_calls.set_difficulty, difficulty=difficulty), self._on_noted)

    def _on_tags_changed(self, tags: tuple[str, ...]) -> None:
        self._note(partial(review_calls.set_tags, tags=tags), self._on_noted)

    def _note(self, call: "Callable[[Session, str], CaseNotes]", done: "Callable[[CaseNotes], None]") -> None:
        session = self._desk.session
        if session is not None and self._case:
            self._worker.run(partial(call, session, self._case), done, self.failed.emit)

    def _on_comment_kept(self, notes: "CaseNotes") -> None:
        if notes.case == self._case:
            self._panel.notes.show_comment_kept()
        self._on_noted(notes)

    def _on_noted(self, notes: "CaseNotes") -> None:
        self._on_notes(notes)
        self._desk.refresh()

    def _on_mode_requested(self, mode: ReadingMode) -> None:
        session = self._desk.session
        if session is not None:
            call = partial(review_calls.set_mode, session, self._desk.task, mode)
            self._worker.run(call, self._on_mode_set, self._on_mode_refused)

    def _on_mode_set(self, answer: tuple[str, ReadingMode]) -> None:
        """Rank anew, and open the case at hand as the mode allows."""
        task, mode = answer
        if task != self._desk.task:
            return
        self._panel.mode.show_mode(mode)
        self._desk.refresh()
        if self._case:
            self._desk.open_case(self._case)

    def _on_mode_refused(self, error: Exception) -> None:
        self._on_task_changed(self._desk.task)
        self.failed.emit(error)

    def _on_guideline_saved(self, text: str) -> None:
        session = self._desk.session
        if session is not None:
            call = partial(review_calls.save_guideline, session, text)
            self._worker.run(call, self._panel.guideline.show_text, self.failed.emit)
