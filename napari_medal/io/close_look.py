"""What is odd about an image whatever its format: values that are no numbers, oblique and sheared grids."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.grid import Grid
from napari_medal.core.reader import CloseLook
from napari_medal.core.straight_grid import skew_voxels, straight_grid
from napari_medal.errors import FormatError
from napari_medal.io.canonical import canonical_volume
from napari_medal.io.resample import resample
from napari_medal.io.size_limit import require_room

_BLOCKING = (Verdict.REPAIRABLE, Verdict.REFUSED)
_MOST_SKEW_VOXELS = 0.5
_MOST_GROWTH = 8
"""Times as many voxels as an image has, that its straight grid may have."""
_LEAST_OBLIQUITY_DEGREES = 0.5


def close_look(
    path: Path, arrays: Sequence[npt.NDArray[Any]], grid: Grid, notes: Sequence[FileNote], repair: bool
) -> CloseLook:
    """Turn a file's arrays into canonical volumes, and add what is odd about them to `notes`.

    Args:
        path: The file, for the words of notes.
        arrays: One (a, b, c) array for each channel, in the file's axis order.
        grid: Their geometry, in the same axis order.
        notes: What was found already.
        repair: Whether what is repairable is to be repaired: values that are not finite, sheared grids.

    Raises:
        FormatError: The straight grid of a sheared image is larger than the memory of this computer.
    """
    found = [*notes, *_about_angles(path, grid, repair)]
    finite = []
    for array in arrays:
        whole, note = _finite(path, array, repair)
        finite.append(whole)
        found += [] if note is None else [note]
    if any(note.verdict in _BLOCKING for note in found):
        return CloseLook((), tuple(dict.fromkeys(found)), orientation=grid.orientation)
    volumes = [canonical_volume(array, grid, path) for array in finite]
    if any(note.kind is NoteKind.SHEARED for note in found):
        target = straight_grid(volumes[0].grid)
        require_room(path, math.prod(target.shape) * sum(volume.array.itemsize for volume in volumes))
        volumes = [resample(volume, target) for volume in volumes]
    return CloseLook(tuple(volumes), tuple(dict.fromkeys(found)), orientation=grid.orientation)


def says_no_positions(look: CloseLook) -> bool:
    """Tell whether an image says nothing of where it lies: a header without geometry, or a picture."""
    grid = look.volumes[0].grid
    is_picture = grid.is_planar and grid.spacing_mm == (1.0, 1.0, 1.0)
    return is_picture or any(note.kind is NoteKind.NO_GEOMETRY for note in look.notes)


def require_volume(path: Path, count: int, volume: int | None) -> int:
    """Return which volume of a file is meant.

    Raises:
        FormatError: The file holds several and none was named, or has no such volume.
    """
    if volume is None and count == 1:
        return 0
    if volume is None:
        msg = f"{path}: found {count} volumes; wanted a single one."
        raise FormatError(msg)
    if not 0 <= volume < count:
        msg = f"{path}: found {count} volumes; wanted volume {volume}, counted from 0."
        raise FormatError(msg)
    return volume


def _about_angles(path: Path, grid: Grid, repair: bool) -> list[FileNote]:
    notes = []
    if grid.obliquity_degrees >= _LEAST_OBLIQUITY_DEGREES and not grid.is_planar:
        words = f"{path}: the axes are turned by up to {grid.obliquity_degrees:.1f} degrees against the patient's."
        notes.append(FileNote(NoteKind.OBLIQUE, Verdict.NOTED, words))
    skew = skew_voxels(grid)
    return [*notes, _about_skew(path, grid, skew, repair)] if skew > _MOST_SKEW_VOXELS else notes


def _about_skew(path: Path, grid: Grid, skew: float, repair: bool) -> FileNote:
    found = f"{path}: found axes without right angles, which put a corner {skew:.3g} voxels aside"
    growth = math.prod(straight_grid(grid).shape) / math.prod(grid.shape)
    if growth > _MOST_GROWTH:
        words = f"{found}; wanted right angles. A straight grid would have {growth:.3g} times as many voxels."
        return FileNote(NoteKind.SHEARED, Verdict.REFUSED, words)
    if repair:
        words = f"{found}; it was interpolated (linear) onto a straight grid."
        return FileNote(NoteKind.SHEARED, Verdict.REPAIRED, words)
    words = f"{found}; wanted right angles. It can be interpolated onto a straight grid."
    return FileNote(NoteKind.SHEARED, Verdict.REPAIRABLE, words)


def _finite(path: Path, array: npt.NDArray[Any], repair: bool) -> tuple[npt.NDArray[Any], FileNote | None]:
    """Return an array of finite values, and what was or could be done to have it."""
    if array.dtype.kind != "f":
        return array, None
    good = np.isfinite(array)
    strange = array.size - int(np.count_nonzero(good))
    if not strange:
        return array, None
    found = f"{path}: found {strange} values that are not finite"
    if strange == array.size:
        return array, FileNote(NoteKind.NOT_FINITE, Verdict.REFUSED, f"{found}, and no others; wanted an image.")
    low, high = float(array[good].min()), float(array[good].max())
    change = f"set to the lowest one of the others, {low:g} (what is infinitely high to the highest, {high:g})"
    if not repair:
        words = f"{found}; wanted numbers in every voxel. They can be {change}."
        return array, FileNote(NoteKind.NOT_FINITE, Verdict.REPAIRABLE, words)
    mended = np.where(good, array, np.where(array == np.inf, high, low)).astype(array.dtype)
    return mended, FileNote(NoteKind.NOT_FINITE, Verdict.REPAIRED, f"{found}; they were {change}.")
