"""The layer that a reader draws on."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Labels
from napari.utils.events import Event

from napari_medal.core.stroke import Stroke
from napari_medal.edit.permit import Permit
from napari_medal.types import ImageArray, LabelArray

STEPS_KEPT = 100
"""How many steps can be undone."""

_TITLES = {"erase": "Eraser", "fill": "Fill", "polygon": "Polygon"}
"""What napari's modes draw, for people; all others are the brush."""


class LabelLayer(Labels):  # type: ignore[misc]  # napari has no types
    """napari's labels layer, which draws only where it is allowed and says what was drawn.

    Beside napari's own events it has three: `stroked(steps=..., title=...)` after each finished stroke of a brush or
    tool, for `stroke_of` to read, `undone()` and `redone()`. napari has no public way to any of them, nor to its
    history: this module alone touches what is private there, and its tests say so when napari changes.
    """

    _history_limit = STEPS_KEPT
    _undo_history: deque[list[Any]]
    _redo_history: deque[list[Any]]

    def __init__(self, data: LabelArray, **settings: Any) -> None:
        self._shared: LabelLayer | None = None
        super().__init__(data, **settings)
        self.permit = Permit()
        self.image: ImageArray = data
        """(Z, Y, X) intensities that the permit looks at."""
        self.events.add(stroked=Event, undone=Event, redone=Event)

    @property
    def _type_string(self) -> str:
        """Be a labels layer to whoever asks napari, such as its writers."""
        return "labels"

    @property
    def undo_steps(self) -> int:
        """How many steps can be undone."""
        return len(self._first._undo_history)

    @property
    def redo_steps(self) -> int:
        """How many steps can be redone."""
        return len(self._first._redo_history)

    @property
    def _first(self) -> "LabelLayer":
        """The layer whose history counts."""
        return self if self._shared is None else self._shared

    def draw(self, stroke: Stroke) -> None:
        """Draw a stroke, as one step that can be undone."""
        if len(stroke) == 0:
            return
        if self._shared is not None:
            self._shared.draw(stroke)
            return
        self._redo_history.clear()
        stroke.apply(self.data)
        self._tell([_step(stroke, self.data.shape)], stroke.title)
        self.refresh()

    def show_mask(self, mask: LabelArray, undo: Iterable[Stroke] = (), redo: Iterable[Stroke] = ()) -> None:
        """Show another mask, with the steps that led to it, oldest first, and those that were undone, last first."""
        self.data = mask
        self._reset_history()
        self._undo_history.extend([_step(stroke, mask.shape)] for stroke in undo)
        self._redo_history.extend([_step(stroke, mask.shape)] for stroke in redo)

    def share(self, other: "LabelLayer") -> None:
        """Draw on the mask of another layer, under its permit and with its history.

        What is drawn, undone and redone here is told by the other layer's events, and by its alone. When the other
        layer shows another mask, share it again.
        """
        if self._shared is not other:
            self._reset_history()
        self._shared = other
        self.data = other.data

    def adopt(self, steps: list[Any], title: str) -> None:
        """Count steps, as napari keeps them, that another layer has drawn on this mask."""
        self._redo_history.clear()
        self._tell(steps, title)
        self.refresh()

    def undo(self) -> None:
        """Take the last step back."""
        if self._shared is not None:
            self._shared.undo()
        elif self._undo_history and not self.permit.is_closed:
            super().undo()
            self.events.undone()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self._shared is not None:
            self._shared.redo()
        elif self._redo_history and not self.permit.is_closed:
            super().redo()
            self.events.redone()

    def show_outline(self, points: npt.NDArray[np.float64]) -> None:
        """Show a line that is being drawn: (N, 3) points in voxels; none for no line."""
        self._overlays["polygon"].points = points.tolist()

    def _append_to_undo_history(self, item: list[Any]) -> None:
        title = _TITLES.get(str(self.mode), "Brush")
        if self._shared is not None:
            self._shared.adopt(item, title)
        else:
            self._tell(item, title)

    def _tell(self, steps: list[Any], title: str) -> None:
        super()._append_to_undo_history(steps)
        self.events.stroked(steps=steps, title=title)

    def _apply_mask_to_data(
        self,
        data: LabelArray,
        mask: npt.NDArray[np.bool_],
        new_label: int,
        volume_slice: tuple[slice, ...],
    ) -> npt.NDArray[np.bool_] | None:
        """Keep brush, fill and polygon where drawing is allowed."""
        permit = self._first.permit
        allowed = mask if permit.is_open else mask & permit.allows(data, self._first.image[volume_slice])
        painted: npt.NDArray[np.bool_] | None = super()._apply_mask_to_data(data, allowed, new_label, volume_slice)
        return painted


def stroke_of(steps: Sequence[Any], shape: tuple[int, int, int], title: str = "Brush") -> Stroke:
    """Return one stroke for the atoms of napari's history that `stroked` brings; a voxel painted twice counts once.

    It may take milliseconds for a large stroke, and is safe outside the main thread: napari never changes an atom.
    """
    parts = [_atom(step, shape) for step in steps]
    voxels = np.concatenate([part[0] for part in parts])
    before = np.concatenate([part[1] for part in parts])
    after = np.concatenate([part[2] for part in parts])
    places, first = np.unique(voxels, return_index=True)
    _, last = np.unique(voxels[::-1], return_index=True)
    old, new = before[first], after[::-1][last]
    changed = old != new
    return Stroke(places[changed], old[changed], new[changed], title)


def _atom(step: Any, shape: tuple[int, int, int]) -> tuple[npt.NDArray[np.int64], LabelArray, LabelArray]:
    """Read an atom: (indices, old values, new values), or napari's box with a mask, old values and one new value."""
    if not hasattr(step, "slice_key"):
        indices, old, new = step
    else:
        box = step.slice_key
        inside = np.ones([part.stop - part.start for part in box], dtype=np.bool_) if step.mask is None else step.mask
        indices = tuple(axis + part.start for axis, part in zip(np.nonzero(inside), box, strict=True))
        old, new = step.old_values.reshape(-1), step.new_value
    voxels = np.ravel_multi_index(indices, shape).astype(np.int64)
    before = np.broadcast_to(np.asarray(old, dtype=np.uint8), voxels.shape)
    after = np.broadcast_to(np.asarray(new, dtype=np.uint8), voxels.shape)
    return voxels, before, after


def _step(stroke: Stroke, shape: tuple[int, ...]) -> tuple[Any, LabelArray, LabelArray]:
    return np.unravel_index(stroke.voxels, shape), stroke.before, stroke.after
