"""What a task reads off its masks: the figures, the cohort, and what is drawn over the case."""

from functools import partial
from typing import TYPE_CHECKING, cast

from qtpy.QtCore import QObject, QTimer, Signal

from napari_medal.core.measuring_task import MeasuringTask
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.errors import ExtensionError
from napari_medal.gui.desk import Desk
from napari_medal.gui.feature_calls import measure_cohort, measure_mask
from napari_medal.gui.job_runner import JobRunner
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.layout import DockLayout
from napari_medal.gui.panels.feature_page import FeaturePage
from napari_medal.gui.sketched_masks import SketchedMasks, remember_masks, remembered_masks
from napari_medal.gui.sketches_at_hand import SketchesAtHand
from napari_medal.gui.task_panel import FeaturePanel, load_panel
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.gui.case_figures import CaseFigures
    from napari_medal.loop.cohort_features import Findings
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.session import Session

_REST_MS = 400
"""The case is measured anew when the hand has rested this long."""


class FeaturesPresenter(QObject):
    """Measures for the panel of a task, and only while its tab or a drawing is seen.

    Args:
        desk: Knows the case at hand.
        layers: Hold its label.
        panels: Where the task's panel stands.
        worker: Measures the case at hand.
        parent: Qt parent.
    """

    sketches_changed = Signal(object)
    """(tuple[SketchLines, ...]): draw these."""
    measured = Signal()
    """The case at hand was measured."""
    cohort_shown = Signal()
    comparison_requested = Signal()
    """All figures are to be compared with a table."""
    failed = Signal(object)
    """(Exception)"""

    def __init__(
        self, desk: Desk, layers: CaseLayers, panels: DockLayout, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.runner = JobRunner()
        self._desk = desk
        self._layers = layers
        self._panels = panels
        self._worker = worker
        self._page: FeaturePage | None = None
        self._opened: OpenedCase | None = None
        self._asked = 0
        self._is_case_stale = False
        self._is_cohort_stale = False
        self._asked_for: tuple[Session, str] | None = None
        self._sketches = SketchesAtHand()
        self._label: tuple[float, ...] | None = None
        self._predicted: tuple[float, ...] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._update)
        self._connect()

    @property
    def panel(self) -> FeaturePanel | None:
        """The task's own panel."""
        return None if self._page is None else cast("FeaturePanel", self._page.panel)

    def note_change(self) -> None:
        """The label has changed."""
        if self._page is not None:
            self._is_case_stale = True
            self._rest.start()

    def toggle_sketches(self) -> None:
        """Hide what is drawn over the case, or show it again: what was seen last, or everything."""
        if self._page is not None:
            self._sketches.toggle()
            self._show_sketches()
            self._update()

    def release(self) -> None:
        """Hear no more, without touching a widget: the window may be gone."""
        self._page = None
        self._rest.stop()
        self._desk.task_changed.disconnect(self._on_task_changed)
        self._desk.list_changed.disconnect(self._on_list_changed)
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_closed.disconnect(self._on_case_closed)

    def _connect(self) -> None:
        self.runner.finished.connect(self._on_cohort_measured)
        self.runner.failed.connect(self._on_cohort_failed)
        self.runner.cancelled.connect(self._on_cohort_ended)
        self._desk.task_changed.connect(self._on_task_changed)
        self._desk.list_changed.connect(self._on_list_changed)
        self._desk.case_opened.connect(self._on_case_opened)
        self._desk.case_closed.connect(self._on_case_closed)
        self._panels.tabs.currentChanged.connect(self._update)

    def _on_task_changed(self, task: str) -> None:
        """Show the panel of a task that measures, if it has one."""
        session = self._desk.session
        if session is None:
            return
        self._page, self._sketches, self._opened = None, SketchesAtHand(), None
        self._sketches.wanted = remembered_masks()
        self._forget()
        behind = session.task(task)
        if behind.target is Target.MASK and behind.panel:
            try:
                self._page = _page_of(behind.panel, behind)
            except ExtensionError as error:
                self.failed.emit(error)
        self._panels.set_feature_page(self._page)
        if self._page is not None and self.panel is not None:
            self.panel.sketch_toggled.connect(self._on_sketch_toggled)
            self.panel.open_requested.connect(self._desk.open_case)
            self._page.chooser.masks_chosen.connect(self._on_masks_chosen)
            self._page.comparison_requested.connect(self.comparison_requested)
            self._page.job.cancel_requested.connect(self._on_cancel_requested)
            self.runner.progressed.connect(self._page.job.show_progress)
            self._show_sketches()

    def _on_list_changed(self, items: object) -> None:  # noqa: ARG002 - the catalogue knows more
        self._is_cohort_stale = True
        self._update()

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        self._opened, self._is_case_stale = opened, True
        self._forget()
        self._update()

    def _on_case_closed(self) -> None:
        self._opened, self._is_case_stale = None, False
        self._forget()

    def _on_sketch_toggled(self, name: str, is_seen: bool) -> None:
        seen = self._sketches.seen
        self._sketches.seen = seen | {name} if is_seen else seen - {name}
        self._show_sketches()
        self._update()

    def _on_masks_chosen(self, masks: SketchedMasks) -> None:
        self._sketches.wanted = masks
        remember_masks(masks)
        self._show_sketches()

    def _update(self) -> None:
        """Measure what is not known any more, for a reader who looks."""
        is_seen = self._page is not None and self._panels.tabs.currentWidget() is self._page
        if is_seen and self._is_cohort_stale:
            self._measure_cohort()
        if self._page is not None and (is_seen or self._sketches.are_wanted) and self._is_case_stale:
            self._measure_case()

    def _measure_case(self) -> None:
        session, opened, label = self._desk.session, self._opened, self._layers.label
        if session is None or opened is None or label is None:
            return
        self._is_case_stale = False
        self._asked += 1
        asked, grid = self._asked, opened.volumes[0].grid
        work = partial(measure_mask, session, opened.task, label.data, grid, lambda: asked == self._asked)
        self._worker.run(work, partial(self._on_measured, asked), self.failed.emit)

    def _measure_prediction(self) -> None:
        session, opened = self._desk.session, self._opened
        if session is None or opened is None or opened.prediction is None:
            return
        grid, mask = opened.volumes[0].grid, opened.prediction
        work = partial(measure_mask, session, opened.task, mask, grid, lambda: opened is self._opened)
        self._worker.run(work, partial(self._on_prediction_measured, opened), self.failed.emit)

    def _on_measured(self, asked: int, found: "Findings | None") -> None:
        if asked != self._asked or found is None:
            return
        self._label = found.values
        self._sketches.take_label(found.sketches)
        if self._predicted is None:
            self._measure_prediction()
        self._show_case()
        self._show_sketches()
        self.measured.emit()

    def _on_prediction_measured(self, opened: "OpenedCase", found: "Findings | None") -> None:
        if opened is self._opened and found is not None:
            self._predicted, self._sketches.predicted = found.values, found.sketches
            self._show_case()
            self._show_sketches()
            self.measured.emit()

    def _show_case(self) -> None:
        if self.panel is not None:
            name = "" if self._opened is None else self._opened.case.name
            self.panel.show_case(name, self._label, self._predicted)

    def _show_sketches(self) -> None:
        self._sketches.has_prediction = self._opened is not None and self._opened.prediction is not None
        if self._page is not None and self.panel is not None:
            self.panel.show_sketches(self._sketches.label, self._sketches.seen)
            self._page.chooser.show_masks(self._sketches.masks, _why_no_prediction(self._opened))
        self.sketches_changed.emit(self._sketches.lines)

    def _forget(self) -> None:
        """Show nothing of the last case, whatever is said of it yet."""
        self._asked += 1
        self._rest.stop()
        self._label = self._predicted = None
        self._sketches.empty()
        self._show_case()
        self._show_sketches()

    def _measure_cohort(self) -> None:
        session, task, reader = self._desk.session, self._desk.task, self._desk.reader
        if session is None or self._page is None or self.runner.is_running:
            return
        self._is_cohort_stale, self._asked_for = False, (session, task)

        def work(progress: Progress) -> "tuple[CaseFigures, ...]":
            return measure_cohort(session, task, reader, progress)

        self._page.job.show_started("Measuring masks")
        self.runner.start("Measuring masks", work)

    def _on_cohort_measured(self, figures: "tuple[CaseFigures, ...]") -> None:
        if self.panel is not None and self._asked_for == (self._desk.session, self._desk.task):
            self.panel.show_cohort(figures)
            self.cohort_shown.emit()
        self._on_cohort_ended()

    def _on_cohort_failed(self, error: Exception) -> None:
        self.failed.emit(error)
        self._on_cohort_ended()

    def _on_cohort_ended(self) -> None:
        if self._page is not None:
            self._page.job.show_ended()
        self._update()

    def _on_cancel_requested(self) -> None:
        if self._page is not None:
            self._page.job.show_cancelling()
        self.runner.cancel()


def _page_of(dotted: str, behind: object) -> FeaturePage:
    """Load the panel of a task that measures.

    Raises:
        ExtensionError: It cannot be loaded, or the task measures nothing.
    """
    if not isinstance(behind, MeasuringTask):
        msg = f"A task that draws names the panel '{dotted}', but reads no figures off its masks; found no `features`."
        raise ExtensionError(msg)
    panel = load_panel(dotted, Target.MASK)
    cast("FeaturePanel", panel).show_features(behind.features)
    return FeaturePage(panel)


def _why_no_prediction(opened: "OpenedCase | None") -> str:
    """Say why nothing can be drawn of a prediction; "" where something can."""
    if opened is None:
        return "No case is open"
    if opened.prediction is not None:
        return ""
    return opened.why_hidden or "The model has not seen this case yet (M asks it)"
