"""The correction tools and their work."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QTimer, Signal

from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import EditTool
from napari_medal.gui.drawing_at_hand import drawing_at_hand
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.panels.drawing import DrawingPanel
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.session import Session

SHOW_AFTER_MS = 1000
"""Progress is shown, with the way to cancel, for work that takes longer."""


class ToolsPresenter(QObject):
    """Offers the installed tools and applies them, one at a time, off the main thread; each is one step of undo.

    What a slider draws at once takes the place of what its last move drew, for as long as nothing else is drawn.
    """

    failed = Signal(object)
    """(Exception)"""
    busy_changed = Signal(bool)
    """Whether a tool is at work, and the label may not be changed."""

    def __init__(self, layers: CaseLayers, panel: DrawingPanel, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._layers = layers
        self._panel = panel
        self._worker = worker
        self._tools: dict[str, EditTool] = {}
        self._chosen = ""
        self._opened: OpenedCase | None = None
        self._scheme: LabelScheme | None = None
        self._worked_on: OpenedCase | None = None
        self._preview: Stroke | None = None
        self._is_preview = False
        self._is_own = False
        self._next: EditTool | None = None
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SHOW_AFTER_MS)
        self._connect()

    def show_project(self, session: "Session") -> None:
        """Offer the installed tools."""
        self._worker.run(session.extensions.tools.working, self.show_tools, self.failed.emit)

    def show_tools(self, tools: Mapping[str, EditTool]) -> None:
        """Offer tools by name."""
        self._tools = dict(tools)
        self._panel.tools.show_tools(self._tools)
        if self._tools and self._chosen not in self._tools:
            self.choose(next(iter(self._panel.tools.buttons)))

    def show_case(self, opened: "OpenedCase | None", scheme: LabelScheme | None) -> None:
        """Work on another case, or on none; what is at work on the last one is cancelled."""
        self.runner.cancel()
        self._next = self._preview = None
        self._opened, self._scheme = opened, scheme
        if self._chosen:
            self.choose(self._chosen)

    def choose(self, name: str) -> None:
        """Show a tool with the settings that it had last."""
        self._chosen = name
        self._preview = None
        self._panel.tools.show_chosen(name)
        self._panel.tool.show_tool(self._tools[name], self._scheme)

    def apply_named(self, name: str) -> None:
        """Apply a tool with the settings that it had last."""
        if name in self._tools and not self.runner.is_running:
            self.choose(name)
            self.apply_chosen()

    def apply_chosen(self) -> None:
        """Apply the tool that is shown."""
        tool = self._panel.tool.tool
        if tool is not None:
            self.apply(tool)

    def apply(self, tool: EditTool) -> None:
        """Apply a tool; nothing happens while another one is at work."""
        if not self.runner.is_running:
            self._start(tool, is_preview=False)

    def preview(self, tool: EditTool) -> None:
        """Apply a tool in place of its last preview; while one is at work, the latest wish waits."""
        if self.runner.is_running:
            self._next = tool
        else:
            self._start(tool, is_preview=True)

    def note_change(self) -> None:
        """The label has changed: unless it was a preview, what was previewed stays."""
        if not self._is_own:
            self._preview = None

    def _connect(self) -> None:
        self._panel.tools.tool_requested.connect(self.choose)
        self._panel.tool.apply_requested.connect(self.apply)
        self._panel.tool.moved.connect(self.preview)
        self._panel.tool.changed.connect(self._on_settings_changed)
        self._panel.tool.cancel_requested.connect(self._on_cancel_requested)
        self._late.timeout.connect(self._on_late)
        self.runner.progressed.connect(self._panel.tool.job.show_progress)
        self.runner.finished.connect(self._on_finished)
        self.runner.failed.connect(self._on_failed)
        self.runner.cancelled.connect(self._on_cancelled)

    def _start(self, tool: EditTool, *, is_preview: bool) -> None:
        label = self._layers.label
        if self._opened is None or self._scheme is None or label is None:
            return
        drawing = drawing_at_hand(self._opened, self._scheme, label, self._layers.viewer)
        preview, permit = self._preview, label.permit

        def work(progress: Progress) -> Stroke:
            before = drawing
            if preview is not None:
                mask = drawing.mask.copy()
                preview.revert(mask)
                before = replace(drawing, mask=mask)
            return permit.limit(tool.apply(before, progress), before.image)

        self._worked_on, self._is_preview = self._opened, is_preview
        self._panel.tool.show_busy(True)
        self.busy_changed.emit(True)
        self._late.start()
        self.runner.start(tool.title, work)

    def _end(self) -> bool:
        """Let go of the label; tell whether it is still the one that was worked on."""
        self._late.stop()
        self._panel.tool.job.show_ended()
        self._panel.tool.show_busy(False)
        self.busy_changed.emit(False)
        is_same, self._worked_on = self._worked_on is self._opened, None
        return is_same and self._opened is not None

    def _on_finished(self, stroke: Stroke) -> None:
        label = self._layers.label
        if not self._end() or label is None:
            return
        with self._drawing_itself():
            if self._preview is not None:
                label.undo()
            label.draw(stroke)
        self._preview = stroke if self._is_preview and len(stroke) else None
        self._panel.tool.show_outcome(_outcome(stroke))
        wanted, self._next = self._next, None
        if wanted is not None:
            self.preview(wanted)

    def _on_failed(self, error: Exception) -> None:
        self._next = None
        self._end()
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._next = None
        if self._end():
            self._panel.tool.show_outcome("Cancelled; the label is as it was.")

    def _on_late(self) -> None:
        if self._panel.tool.tool is not None:
            self._panel.tool.job.show_started(self._panel.tool.tool.title)

    def _on_cancel_requested(self) -> None:
        self._panel.tool.job.show_cancelling()
        self.runner.cancel()

    def _on_settings_changed(self, tool: EditTool) -> None:
        if self._chosen in self._tools:
            self._tools[self._chosen] = tool

    @contextmanager
    def _drawing_itself(self) -> Iterator[None]:
        self._is_own = True
        try:
            yield
        finally:
            self._is_own = False


def _outcome(stroke: Stroke) -> str:
    if len(stroke) == 0:
        return "Nothing to do: the label stays as it is."
    return f"{stroke.title}: {len(stroke):,} voxels changed. Ctrl+Z takes it back."
