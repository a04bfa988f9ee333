"""The large view and the small ones, kept at one point of one case."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Qt, QTimer, Signal
from qtpy.QtWidgets import QMainWindow, QWidget

from napari_medal.core.planes import Convention
from napari_medal.core.ruler import Ruler
from napari_medal.core.sketch_lines import SketchLines
from napari_medal.gui.layers import CaseLayers
from napari_medal.gui.views.board import Board
from napari_medal.gui.views.hand import Hand
from napari_medal.gui.views.large import LargeView
from napari_medal.gui.views.marks import Marks
from napari_medal.gui.views.small import Small, SmallViews
from napari_medal.gui.views.solid import Solid
from napari_medal.gui.views.view import View
from napari_medal.gui.worker import Worker

_SETTLED_MS = 50
"""The window has found its layout."""

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from napari.utils.events import EventEmitter
    from napari.viewer import Viewer


class LinkedViews(QObject):
    """Shows a case in several views.

    Args:
        viewer: The large view.
        layers: The layers of the case.
        worker: Makes the body of the mask.
        bind_keys: Binds our keys in the model of a small view.
        parent: Qt parent.
    """

    changed = Signal()
    """Another plane is large, or the small views came or went."""

    def __init__(
        self,
        viewer: "Viewer",
        layers: CaseLayers,
        worker: Worker,
        bind_keys: "Callable[[ViewerModel], None]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._layers = layers
        self._worker = worker
        self._dock: QWidget | None = None
        self._marks = Marks()
        self.hand = Hand(self)
        self.large = LargeView(viewer, layers, self)
        self.small = SmallViews(self.large, layers, self.hand, bind_keys, self)
        self.board: Board | None = None
        self.solid: Solid | None = None
        self.is_wanted = True
        self.wants_solid = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.arrange)
        self._fit_later = QTimer(self)
        self._fit_later.setSingleShot(True)
        self._fit_later.setInterval(_SETTLED_MS)
        self._fit_later.timeout.connect(self._fit)
        self.large.turned.connect(self._on_turned)
        self._listened: tuple[tuple[EventEmitter, Callable[..., None]], ...] = (
            (viewer.dims.events.point, self._on_point),
            (viewer.scene.camera.events.center, self.small.follow_camera),
            (viewer.scene.camera.events.zoom, self.small.follow_camera),
            (viewer.layers.events.inserted, self._on_layers_changed),
            (viewer.layers.events.removed, self._on_layers_changed),
            (viewer.layers.events.reordered, self._on_layers_changed),
            (viewer.events.theme, self._on_theme),
        )
        for emitter, callback in self._listened:
            emitter.connect(callback)

    @property
    def views(self) -> tuple[View, ...]:
        """Every flat view that is there, the large one first."""
        main = () if self.large.view is None else (self.large.view,)
        return (*main, *(pane.view for pane in self.small.panes))

    @property
    def is_live(self) -> bool:
        """Whether the small views are seen."""
        return self.board is not None and self.board.isVisible() and self.large.is_volume

    def show_case(self, window: QWidget, is_volume: bool) -> None:
        """Show the case whose layers have just been filled.

        Args:
            window: The main window that the large view stands in.
            is_volume: Whether there is more than one slice; a picture has no other planes.
        """
        self.set_rulers(())
        view = self.large.find(window)
        if view is not None:
            self.hand.watch(view)
        self.large.show_case(is_volume)
        for image in self._layers.images:
            image.events.visible.connect(self._on_layers_changed)  # a second time is once
        self._update()

    def clear(self) -> None:
        """Show no case."""
        self.set_rulers(())
        self.large.is_volume = False
        self._update()

    def set_convention(self, convention: Convention) -> None:
        """Look from the other side, in every view."""
        self.large.set_convention(convention)

    def set_small(self, small: Small) -> None:
        """Show planes or sequences in the small views."""
        self.small.shows = small
        self._update()

    def set_wanted(self, wanted: bool) -> None:
        """Show or hide the small views, now and for the cases to come."""
        self.is_wanted = wanted
        self._update()

    def set_solid(self, wanted: bool) -> None:
        """Show or hide the mask in three dimensions, now and for the cases to come; small views come with it."""
        self.wants_solid = wanted
        self.is_wanted = self.is_wanted or wanted
        self._update()

    def set_marks(self, crosshair: bool, letters: bool, scale: bool) -> None:
        """Show or hide the crosshair, the sides of the patient, and the bar in mm."""
        self._marks = replace(self._marks, crosshair=crosshair, letters=letters, scale=scale)
        self._mark()

    def set_rulers(self, rulers: "tuple[Ruler, ...] | list[Ruler]") -> None:
        """Show measured lines in place of those that are shown."""
        self._marks = replace(self._marks, rulers=tuple(rulers))
        self._mark()

    def set_sketches(self, sketches: tuple[SketchLines, ...]) -> None:
        """Show what a task draws in place of what is shown of that."""
        self._marks = replace(self._marks, sketches=sketches)
        self._mark()

    @property
    def rulers(self) -> tuple[Ruler, ...]:
        """The measured lines."""
        return self._marks.rulers

    def arrange(self) -> None:
        """Let every small view show what it should; nothing of them runs while they are hidden."""
        if self.board is not None and self.board.parent() is None:  # its reader has closed the dock
            self._take_board_down()
            self.is_wanted = False
            self.changed.emit()
        if self.board is not None and self.is_live:
            self.small.arrange(self.board)
            self.small.follow_camera()
            self._arrange_solid(self.board)
        else:
            self.small.rest()
            if self.solid is not None:
                self.solid.follow(None)
        self._mark()

    def close(self) -> None:
        """Take the small views away and leave the large one as napari has it."""
        if self._listened:
            self.release()
            self._take_board_down()
            if self.large.view is not None:
                self.hand.forget(self.large.view)
            self.large.close()

    def release(self) -> None:
        """Hear no more of the viewer, without touching a widget: its window may be gone."""
        self._later.stop()
        self._fit_later.stop()
        for emitter, callback in self._listened:
            emitter.disconnect(callback)
        self._listened = ()

    def _update(self) -> None:
        self._show_board()
        self.arrange()
        self.changed.emit()

    def _show_board(self) -> None:
        wanted = self.is_wanted and self.large.is_volume
        if self.board is None and wanted:
            self.board = Board()
            self.board.shown_changed.connect(self._on_board_shown)
            self.board.destroyed.connect(self._on_board_gone)
            self._dock = self._viewer.window.add_dock_widget(self.board, name="Views", area="bottom")
            _keep_the_sides_tall(self._dock)
            self._fit_later.start()
        if self._dock is not None:
            self._dock.setVisible(wanted)

    def _fit(self) -> None:
        """Show the whole slice in what the board has left of the large view."""
        if self._layers.images:
            self._viewer.reset_view()

    def _dispose_panes(self) -> None:
        self.small.dispose()
        if self.solid is not None:
            self.solid.dispose()
            self.solid = None

    def _take_board_down(self) -> None:
        self._dispose_panes()
        if self.board is None:
            return
        self.board.shown_changed.disconnect(self._on_board_shown)
        self.board.destroyed.disconnect(self._on_board_gone)
        if self.board.parent() is not None:
            self._viewer.window.remove_dock_widget(self.board)
        self.board.deleteLater()
        self.board = self._dock = None

    def _arrange_solid(self, board: Board) -> None:
        if self.wants_solid and self.solid is None:
            self.solid = Solid(self._viewer, self._worker)
            board.add(self.solid, len(self.small.panes))
        if self.solid is not None:
            self.solid.setVisible(self.wants_solid)
            self.solid.follow(self._layers.label if self.wants_solid else None)

    def _mark(self) -> None:
        for view in self.views:
            self._marks.lay_on(view.glass, self.large.point, self._layers.spacing_mm, self.large.is_volume)
            view.body.show(self._marks.sketches)
        if self.large.view is not None:
            self.large.view.glass.title = self.large.plane.title if self.large.is_volume else ""
            self.large.view.glass.show_scale = self._marks.scale and bool(self._layers.images)
        if self.solid is not None:
            self.solid.show_sketches(self._marks.sketches)

    def _on_point(self) -> None:
        self.small.follow_point()
        self._mark()

    def _on_turned(self) -> None:
        self.arrange()
        self.changed.emit()

    def _on_layers_changed(self) -> None:
        self._later.start()

    def _on_board_shown(self, shown: bool) -> None:
        """Hear of napari's own buttons in the bar of the dock, and of the end of the window."""
        self._later.start()
        if shown or self.board is None:
            return
        if not self.board.window().isVisible():
            self._dispose_panes()  # napari leaks a canvas that goes with its window
        elif self.large.is_volume:
            self.is_wanted = self._dock is not None and not self._dock.isHidden()
        self.changed.emit()

    def _on_board_gone(self) -> None:
        """Forget what went with the window."""
        self.board = self._dock = self.solid = None
        self.small.panes.clear()

    def _on_theme(self) -> None:
        models = [pane.model for pane in self.small.panes]
        for model in models if self.solid is None else [*models, self.solid.model]:
            model.theme = self._viewer.theme


def _keep_the_sides_tall(dock: QWidget) -> None:
    """Let the docks left and right reach the bottom of the window."""
    window = dock.parentWidget()
    if isinstance(window, QMainWindow):
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
