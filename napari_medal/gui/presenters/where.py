"""Where in the case to look: the strip of slices, and the jump to the next place."""

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, QTimer

from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.gui.desk import Desk
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.panels.reading import ReadingPanel
from napari_medal.gui.panels.slice_strip import SliceStrip
from napari_medal.uncertainty.places import Place, worth_looking

if TYPE_CHECKING:
    from napari_medal.loop.opening import OpenedCase

SEEN_AFTER_MS = 300
"""A slice counts as looked at when it has been in view this long: not when it is scrolled past."""


class WherePresenter(QObject):
    """Keeps the strip of slices in step with the viewer, and knows what was looked at.

    What was looked at is remembered for each case while the project is open.
    """

    def __init__(self, desk: Desk, layers: CaseLayers, panel: ReadingPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layers = layers
        self._panel = panel
        self._strip: SliceStrip = panel.strip
        self._places: tuple[Place, ...] = ()
        self._seen: dict[str, set[int]] = {}
        self._case = ""
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(SEEN_AFTER_MS)
        self._dwell.timeout.connect(self._on_dwelt)
        self._strip.slice_requested.connect(layers.go_to_slice)
        panel.place_requested.connect(self.jump)
        desk.project_opened.connect(self._on_project_opened)
        desk.case_opened.connect(self._on_case_opened)
        desk.case_closed.connect(self._on_case_closed)
        layers.viewer.dims.events.current_step.connect(self._on_moved)

    @property
    def remaining(self) -> list[Place]:
        """The places that were not looked at yet, the most uncertain first."""
        seen = self._seen.get(self._case, set())
        return [place for place in self._places if place.slice_index not in seen]

    def jump(self) -> None:
        """Bring the crosshair to the next place worth looking at; the slice in view counts as looked at."""
        self._note_seen()
        if self.remaining:
            place = self.remaining[0]
            if place.index is None:
                self._layers.go_to_slice(place.slice_index)
            else:
                self._layers.go_to_voxel(place.index)

    def show_confirmed(self, ranges: SliceRanges) -> None:
        """Mark the slices that the reader calls right."""
        self._strip.show_confirmed({index for first, last in ranges for index in range(first, last + 1)})

    def release(self) -> None:
        """Let go of the viewer."""
        self._dwell.stop()
        self._layers.viewer.dims.events.current_step.disconnect(self._on_moved)

    def _on_project_opened(self) -> None:
        self._seen.clear()

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        self._case = opened.case.name
        per_slice = () if opened.score is None else opened.score.per_slice
        self._places = worth_looking(per_slice, opened.uncertainty)
        places = {place.slice_index for place in self._places}
        self._strip.show_slices(opened.volumes[0].grid.shape[0], per_slice, places)
        self._strip.show_seen(self._seen.get(self._case, set()))
        self._on_moved()
        self._say()

    def _on_case_closed(self) -> None:
        self._dwell.stop()
        self._case, self._places = "", ()
        self._strip.show_slices(0, (), ())
        self._say()

    def _on_moved(self) -> None:
        if self._case:
            self._strip.show_current(self._layers.slice_at_hand)
            self._dwell.start()

    def _on_dwelt(self) -> None:
        self._note_seen()

    def _note_seen(self) -> None:
        if self._case:
            seen = self._seen.setdefault(self._case, set())
            seen.add(self._layers.slice_at_hand)
            self._strip.show_seen(seen)
            self._say()

    def _say(self) -> None:
        self._panel.show_places(len(self.remaining), len(self._places))
