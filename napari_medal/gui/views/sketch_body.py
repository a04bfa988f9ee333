"""What a task draws, in a view that shows three dimensions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from vispy.color import Color
from vispy.scene.visuals import Line

from napari_medal.core.sketch import Points
from napari_medal.core.sketch_lines import Lines, SketchLines

if TYPE_CHECKING:
    from napari._vispy.canvas import VispyCanvas
    from napari.components import ViewerModel

_DIMENSIONS = 3
_NAME = "medalSketches"
_WIDTH = 1.5
"""Pixels."""
_CROSS = 0.02
"""Of the drawings' diagonal: a mark reaches as far to each side, or to the limits in millimetres."""
_CROSS_MM = 1.0, 3.0
_LAST = 1_000_000
"""Drawn after all layers."""
_STRAIGHT = np.eye(3)
_TILTED = np.array([[1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]]) / np.sqrt(3)
"""Marks of a prediction are × where those of a label are +."""


class SketchBody:
    """Lines and marks at their place in millimetres, seen through the body, while a canvas shows three dimensions.

    They are no layer of napari's, which would lengthen the sliders of the slices. The one visual stays in the scene
    for good: software renderers crash when one is taken out between two pictures.

    Args:
        viewer: What the canvas shows.
        canvas: Where it is shown.
    """

    def __init__(self, viewer: "ViewerModel", canvas: "VispyCanvas") -> None:
        self._viewer = viewer
        self._canvas = canvas
        self._sketches: Sequence[SketchLines] = ()
        self._drawn: tuple[Sequence[SketchLines], tuple[int, ...]] | None = None
        self._emitters = (
            viewer.dims.events.ndisplay,
            viewer.dims.events.order,
            viewer.dims.events.ndim,
            viewer.canvas.grid.events.enabled,
        )
        for emitter in self._emitters:
            emitter.connect(self._draw)

    def show(self, sketches: Sequence[SketchLines]) -> None:
        """Show these in place of what is shown; the same ones again cost nothing."""
        if sketches is not self._sketches:
            self._sketches = sketches
            self._draw()

    @property
    def box_mm(self) -> tuple[Points, Points] | None:
        """The lowest and the highest (z, y, x) of what is drawn; None where nothing is."""
        parts = [part.reshape(-1, 3) for sketch in self._sketches for part in (sketch.lines, sketch.points)]
        ends = np.concatenate([np.empty((0, 3)), *parts])
        return (ends.min(axis=0), ends.max(axis=0)) if len(ends) else None

    def release(self) -> None:
        """Show nothing, and let go of the viewer."""
        for emitter in self._emitters:
            emitter.disconnect(self._draw)
        self.show(())

    def _draw(self) -> None:
        box = self.box_mm if self._is_solid else None
        node = self._node()
        if box is not None:
            node = node or self._made_node()
            wanted = self._sketches, self._viewer.dims.displayed
            if wanted != self._drawn:
                lines, colors = _lines(self._sketches, float(np.linalg.norm(box[1] - box[0])))
                ends = lines.reshape(-1, 3)[:, self._viewer.dims.displayed[::-1]]  # vispy counts x first
                node.set_data(ends, np.repeat(colors, 2, axis=0))
                self._drawn = wanted
        if node is not None:
            node.visible = box is not None

    @property
    def _is_solid(self) -> bool:
        dims = self._viewer.dims
        return dims.ndisplay == dims.ndim == _DIMENSIONS and not self._viewer.canvas.grid.enabled

    def _node(self) -> Line | None:
        """Return the visual that is in the scene already."""
        return next((child for child in self._canvas.view.scene.children if child.name == _NAME), None)

    def _made_node(self) -> Line:
        made = Line(np.zeros((2, 3)), connect="segments", width=_WIDTH, antialias=True, parent=self._canvas.view.scene)
        made.name, made.order = _NAME, _LAST
        made.set_gl_state("translucent", depth_test=False)
        return made


def _lines(sketches: Sequence[SketchLines], diagonal_mm: float) -> tuple[Lines, npt.NDArray[np.float32]]:
    """Return all lines, marks as crosses, and the colour of each, (n, 4)."""
    cross_mm = np.clip(_CROSS * diagonal_mm, *_CROSS_MM)
    found, colors = [np.empty((0, 2, 3))], [np.empty((0, 4), np.float32)]
    for sketch in sorted(sketches, key=lambda sketch: not sketch.is_prediction):  # the label's over the prediction's
        arms = cross_mm * (_TILTED if sketch.is_prediction else _STRAIGHT)
        crosses = sketch.points[:, None, None] + np.stack([-arms, arms], axis=1)
        lines = np.concatenate([sketch.lines, crosses.reshape(-1, 2, 3)])
        found.append(lines)
        colors.append(np.tile(Color(sketch.color).rgba, (len(lines), 1)))
    return np.concatenate(found), np.concatenate(colors)
