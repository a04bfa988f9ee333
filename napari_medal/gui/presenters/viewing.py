"""How a case is looked at: views, windows, marks, measures."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from napari.components import ViewerModel
from napari.utils.events import EventEmitter
from qtpy.QtCore import QObject, QTimer
from qtpy.QtWidgets import QWidget
from superqt.utils import qthrottled

from napari_medal.core.label_volume import LabelVolume, label_volumes
from napari_medal.gui.desk import Desk
from napari_medal.gui.label_layer import LabelLayer
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.messages import tell_problem
from napari_medal.gui.panels.viewing import ViewingPanel
from napari_medal.gui.presenters.windowing import WindowPresenter
from napari_medal.gui.shortcuts import Key
from napari_medal.gui.views.gestures import Gestures
from napari_medal.gui.views.hand import Pointer, Tool
from napari_medal.gui.views.linked_views import LinkedViews
from napari_medal.gui.views.preferences import Preferences, remember, remembered
from napari_medal.gui.views.readout import readout
from napari_medal.gui.views.small import Small
from napari_medal.gui.worker import Worker

if TYPE_CHECKING:
    from napari_medal.core.labels import LabelScheme
    from napari_medal.core.planes import Convention, Plane
    from napari_medal.loop.opening import OpenedCase

_REST_MS = 800
_READ_EVERY_MS = 40
_OPACITY_STEP = 0.1


class ViewingPresenter(QObject):
    """Wires the panel "View" to the views of the case."""

    def __init__(
        self, desk: Desk, layers: CaseLayers, panel: ViewingPanel, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._layers = layers
        self._panel = panel
        self._worker = worker
        self._bind: Callable[[ViewerModel], None] = _bind_nothing
        self._window: Callable[[], QWidget | None] = _no_window
        self._opened: OpenedCase | None = None
        self._scheme: LabelScheme | None = None
        self._label: LabelLayer | None = None
        self._is_released = False
        self.views = LinkedViews(layers.viewer, layers, worker, self._bind_keys, self)
        self._windows = WindowPresenter(layers, self.views.hand, panel.window_bar, worker, self)
        self._gestures = Gestures(self.views, layers, self)
        self._count = QTimer(self)
        self._count.setSingleShot(True)
        self._count.setInterval(_REST_MS)
        self._count.timeout.connect(self._on_rest)
        self._read = qthrottled(self._on_pointer, timeout=_READ_EVERY_MS)
        self._connect()
        self._prefer(remembered())

    def attach(self, window: Callable[[], QWidget | None], bind_keys: Callable[[ViewerModel], None]) -> None:
        """Learn the way to the main window, and how our keys are bound in one more canvas."""
        self._window = window
        self._bind = bind_keys

    def keys(self) -> tuple[Key, ...]:
        """Return the keys of the views."""
        hand = self.views.hand
        release = hand.let_go
        return (
            Key("Q", "Q", "Show the next plane large", self.next_plane),
            Key("Shift-Q", "Shift+Q", "Small views: planes or sequences", self.toggle_small),
            Key("Y", "Y", "Show or hide the label in 3D", self._panel.solid.toggle),
            Key(
                "C", "C", "Crosshair to the pointer; it follows while held", partial(hand.hold, Tool.CROSSHAIR), release
            ),
            Key("Shift-C", "Shift+C", "Show or hide the crosshair", self._panel.crosshair.toggle),
            Key("W", "W", "Hold and drag: contrast and brightness", partial(hand.hold, Tool.WINDOW), release),
            Key("D", "D", "Hold and drag: measure a distance", partial(hand.hold, Tool.MEASURE), release),
            Key("O", "O", "Label as an outline or filled", self.toggle_outline),
            Key(",", ",", "Label more transparent", partial(self.change_opacity, -_OPACITY_STEP)),
            Key(".", ".", "Label more opaque", partial(self.change_opacity, _OPACITY_STEP)),
        )

    def next_plane(self) -> None:
        """Show the next plane large."""
        self.views.large.set_plane(self.views.large.plane.next)

    def toggle_small(self) -> None:
        """Show the other planes or the other sequences in the small views."""
        wanted = Small.PLANES if self.views.small.shows is Small.SEQUENCES else Small.SEQUENCES
        if len(self._layers.images) > 1 or wanted is Small.PLANES:
            self._on_small(wanted)

    def toggle_outline(self) -> None:
        """Show the label as an outline, or filled."""
        if self._label is not None:
            self._label.contour = 0 if self._label.contour else 1

    def change_opacity(self, by: float) -> None:
        """Let the label cover more or less."""
        if self._label is not None:
            self._label.opacity = min(1.0, max(0.0, round(self._label.opacity + by, 2)))

    def close(self) -> None:
        """Take the small views away and let go of the viewer; a second call does nothing."""
        if not self._is_released:
            self.release()
            self.views.close()

    def release(self) -> None:
        """Hear no more, without touching a widget: the window may be gone."""
        if self._is_released:
            return
        self._is_released = True
        self._count.stop()
        self._follow(None)
        self._desk.case_opened.disconnect(self._on_case_opened)
        self._desk.case_closed.disconnect(self._on_case_closed)
        self._windows.release()

    def _connect(self) -> None:
        panel, views = self._panel, self.views
        panel.plane_requested.connect(self._on_plane)
        panel.small_requested.connect(self._on_small)
        panel.convention_requested.connect(self._on_convention)
        panel.views_toggled.connect(self._on_views)
        panel.solid_toggled.connect(views.set_solid)
        panel.marks_changed.connect(self._on_marks)
        panel.tool_requested.connect(views.hand.choose)
        panel.rulers_cleared.connect(partial(views.set_rulers, ()))
        panel.outline_toggled.connect(self._on_outline)
        panel.opacity_changed.connect(self._on_opacity)
        panel.shown.connect(self._count.start)
        views.changed.connect(self._on_views_changed)
        views.hand.moved.connect(self._read)
        self._desk.case_opened.connect(self._on_case_opened)
        self._desk.case_closed.connect(self._on_case_closed)

    def _prefer(self, kept: Preferences) -> None:
        self.views.is_wanted = kept.small_views
        self.views.large.convention = kept.convention
        self._panel.convention.show_value(kept.convention)
        self._panel.show_views(kept.small_views, solid=False)

    def _remember(self) -> None:
        remember(Preferences(self.views.is_wanted, self.views.large.convention))

    def _bind_keys(self, model: ViewerModel) -> None:
        self._bind(model)

    def _on_case_opened(self, opened: "OpenedCase") -> None:
        session, window = self._desk.session, self._window()
        if session is None or window is None:
            return
        self._opened, self._scheme = opened, session.scheme(opened.task)
        self._follow(self._layers.label)
        self._windows.follow(self._layers.images)
        is_volume = not opened.volumes[0].grid.is_planar
        self._panel.show_kind(is_volume, self._label is not None, len(self._layers.images) > 1)
        self.views.show_case(window, is_volume)
        self._on_label_shown()
        self._count.start()

    def _on_case_closed(self) -> None:
        self._opened = None
        self._follow(None)
        self._windows.follow(())
        self.views.clear()
        self._panel.show_volumes(())

    def _follow(self, label: LabelLayer | None) -> None:
        """Follow the label of another case."""
        if self._label is not None:
            for emitter in _changes(self._label):
                emitter.disconnect(self._on_changed)
            self._label.events.contour.disconnect(self._on_label_shown)
            self._label.events.opacity.disconnect(self._on_label_shown)
        self._label = label
        if label is not None:
            for emitter in _changes(label):
                emitter.connect(self._on_changed)
            label.events.contour.connect(self._on_label_shown)
            label.events.opacity.connect(self._on_label_shown)

    def _on_changed(self) -> None:
        self._count.start()

    def _on_rest(self) -> None:
        """Count, for a reader who looks."""
        if self._label is None or self._opened is None or self._scheme is None or not self._panel.isVisible():
            return
        grid = self._opened.volumes[0].grid
        work = partial(label_volumes, self._label.data, grid.voxel_volume_mm3, self._scheme)
        self._worker.run(work, partial(self._on_counted, self._opened), tell_problem)

    def _on_counted(self, opened: "OpenedCase", volumes: tuple[LabelVolume, ...]) -> None:
        if opened is self._opened:
            self._panel.show_volumes(volumes)

    def _on_label_shown(self) -> None:
        if self._label is not None:
            self._panel.show_label(self._label.contour > 0, self._label.opacity)

    def _on_views_changed(self) -> None:
        self._panel.show_plane(self.views.large.plane)
        self._panel.small.show_value(self.views.small.shows)
        self._panel.show_views(self.views.is_wanted, self.views.wants_solid)

    def _on_plane(self, plane: "Plane") -> None:
        self.views.large.set_plane(plane)

    def _on_small(self, small: Small) -> None:
        self.views.set_small(small)

    def _on_convention(self, convention: "Convention") -> None:
        self.views.set_convention(convention)
        self._remember()

    def _on_views(self, wanted: bool) -> None:
        self.views.set_wanted(wanted)
        self._remember()

    def _on_marks(self) -> None:
        panel = self._panel
        self.views.set_marks(panel.crosshair.isChecked(), panel.letters.isChecked(), panel.scale_bar.isChecked())

    def _on_outline(self, outline: bool) -> None:
        if self._label is not None:
            self._label.contour = int(outline)

    def _on_opacity(self, opacity: float) -> None:
        if self._label is not None:
            self._label.opacity = opacity

    def _on_pointer(self, pointer: Pointer) -> None:
        large = self.views.large.view
        point = pointer.view.world(pointer.x, pointer.y)
        if large is None or self._opened is None:
            return
        image = pointer.view.sequence or self._layers.shown_image
        grid = self._opened.volumes[0].grid
        large.glass.show_text("" if point is None else readout(point, grid, image, self._label, self._scheme))


def _changes(label: LabelLayer) -> tuple[EventEmitter, ...]:
    return label.events.stroked, label.events.undone, label.events.redone, label.events.data


def _bind_nothing(model: ViewerModel) -> None:
    """Bind no keys: there are none yet."""


def _no_window() -> QWidget | None:
    return None
