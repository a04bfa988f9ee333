"""The revisions of the case at hand: list them, compare with one, return to one."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from qtpy.QtCore import QObject, Signal

from napari_medal.core.labels import LabelScheme
from napari_medal.core.stroke import Stroke
from napari_medal.edit.difference import LabelDifference, count_differences
from napari_medal.gui.desk import Desk
from napari_medal.gui.difference_layer import COLORS
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.panels.revisions import RevisionsPanel
from napari_medal.gui.worker import Worker
from napari_medal.types import LabelArray

if TYPE_CHECKING:
    from napari_medal.core.annotation import Annotation
    from napari_medal.gui.reading import CaseReading
    from napari_medal.loop.opening import OpenedCase
    from napari_medal.loop.revisions import Revision
    from napari_medal.loop.session import Session


R = TypeVar("R")


class RevisionsPresenter(QObject):
    """Shows the revisions of the case at hand and compares the label with them.

    Args:
        panel: What is seen of it.
        desk: Knows the case at hand.
        layers: What is drawn on.
        worker: Does the waiting.
        parent: Qt parent.
    """

    failed = Signal(object)
    """(Exception)"""

    def __init__(
        self, panel: RevisionsPanel, desk: Desk, layers: CaseLayers, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._desk = desk
        self._layers = layers
        self._worker = worker
        panel.show_legend([(kind.name.lower(), color) for kind, color in COLORS.items()])
        panel.compare_requested.connect(self._on_compare_requested)
        panel.return_requested.connect(self._on_return_requested)
        panel.prediction_requested.connect(self._on_prediction_requested)
        panel.differences_toggled.connect(layers.difference.set_visible)
        desk.case_opened.connect(self._on_case_opened)
        desk.case_accepted.connect(self._on_case_accepted)
        desk.case_closed.connect(self._on_case_closed)

    def toggle_differences(self) -> None:
        """Show or hide where the label differs."""
        self._panel.differences.toggle()

    def release(self) -> None:
        """Show nothing any more."""
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_accepted.disconnect(self._on_case_accepted)
        self._desk.case_closed.disconnect(self._on_case_closed)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        self._panel.show_revisions((), has_prediction=opened.prediction is not None)
        self._list(opened)

    def _on_case_accepted(self, annotation: "Annotation") -> None:
        reading = self._desk.reading
        if reading is not None and reading.opened.case.name == annotation.case:
            self._list(reading.opened)

    def _on_case_closed(self) -> None:
        self._panel.show_revisions((), has_prediction=False)

    def _list(self, opened: "OpenedCase") -> None:
        session = self._desk.session
        if session is not None and opened.mask is not None and not opened.hides_labels:
            call = partial(_list, session, opened.task, opened.case.name)
            self._worker.run(call, partial(self._on_listed, opened), self.failed.emit)

    def _on_listed(self, opened: "OpenedCase", found: "Sequence[Revision]") -> None:
        if self._desk.reading is not None and self._desk.reading.opened is opened:
            self._panel.show_revisions(found, has_prediction=opened.prediction is not None)

    def _on_prediction_requested(self) -> None:
        reading = self._desk.reading
        if reading is None or reading.opened.prediction is None or self._layers.label is None:
            return
        call = partial(_compared, reading.opened.prediction, self._layers.label.data)
        self._ask(call, partial(self._on_compared, reading, "the prediction"))

    def _on_compare_requested(self, revision: "Revision") -> None:
        reading, session, label = self._desk.reading, self._desk.session, self._layers.label
        if reading is not None and session is not None and label is not None:
            call = partial(_read_and_compared, session, revision, label.data)
            self._ask(call, partial(self._on_compared, reading, revision.title.lower()))

    def _on_compared(self, reading: "CaseReading", name: str, found: tuple[LabelArray, list[LabelDifference]]) -> None:
        session = self._desk.session
        if self._desk.reading is not reading or session is None:
            return
        other, counts = found
        self._layers.difference.compare(other)
        self._panel.show_differences_on(self._layers.difference.is_shown)
        self._panel.show_counts(_sentence(name, counts, session.scheme(reading.opened.task)))

    def _on_return_requested(self, revision: "Revision") -> None:
        reading, session, label = self._desk.reading, self._desk.session, self._layers.label
        if reading is not None and session is not None and label is not None:
            call = partial(_way_back, session, revision, label.data)
            self._ask(call, partial(self._on_way_back, reading, reading.changes, revision))

    def _on_way_back(self, reading: "CaseReading", changes: int, revision: "Revision", stroke: Stroke) -> None:
        """Draw it, unless something was drawn meanwhile: then the way is another one."""
        label = self._layers.label
        if self._desk.reading is not reading or label is None:
            return
        if reading.changes != changes or not np.array_equal(stroke.values_of(label.data), stroke.before):
            self._on_return_requested(revision)
            return
        label.draw(stroke)
        what = f"{len(stroke):,} voxels" if len(stroke) else "nothing"
        self._panel.show_counts(f"Returned to {revision.title.lower()}: {what} changed. Ctrl+Z takes it back.")

    def _ask(self, call: Callable[[], R], done: Callable[[R], None]) -> None:
        self._panel.show_busy(True)

        def on_done(result: R) -> None:
            self._panel.show_busy(False)
            done(result)

        def on_failed(error: Exception) -> None:
            self._panel.show_busy(False)
            self.failed.emit(error)

        self._worker.run(call, on_done, on_failed)


def _list(session: "Session", task: str, case: str) -> "list[Revision]":
    from napari_medal.loop.revisions import revisions

    return revisions(session, task, case)


def _compared(other: LabelArray, mask: LabelArray) -> tuple[LabelArray, list[LabelDifference]]:
    return other, count_differences(other, mask)


def _read_and_compared(
    session: "Session", revision: "Revision", mask: LabelArray
) -> tuple[LabelArray, list[LabelDifference]]:
    from napari_medal.loop.revisions import read_revision

    return _compared(read_revision(session, revision), mask)


def _way_back(session: "Session", revision: "Revision", mask: LabelArray) -> Stroke:
    """Return the stroke that leads from (Z, Y, X) `mask` to a revision."""
    from napari_medal.loop.revisions import read_revision

    wanted = read_revision(session, revision)
    z, y, x = wanted.shape
    box = (slice(0, z), slice(0, y), slice(0, x))
    return Stroke.between(mask, wanted, box, wanted.shape, f"Return to {revision.title.lower()}")


def _sentence(name: str, counts: list[LabelDifference], scheme: LabelScheme) -> str:
    """Say how many voxels each label has gained and lost."""
    if not counts:
        return f"Your label is the same as {name}."
    names = {label.value: label.name for label in scheme.classes}
    parts = [f"{names.get(count.value, count.value)} +{count.gained:,} −{count.lost:,}" for count in counts]
    return f"Against {name}, in voxels: {'; '.join(parts)}."
