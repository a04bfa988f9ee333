"""A label from a file on the grid of its image."""

from dataclasses import dataclass, replace

import numpy as np

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.reader import CloseLook, MaskReader
from napari_medal.core.slice_ranges import SliceRanges
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.io.close_look import says_no_positions
from napari_medal.io.meant_mask import meant_mask
from napari_medal.io.read import VolumeFiles
from napari_medal.io.resample import resample
from napari_medal.types import ImageArray, LabelArray

_MOST_ROUNDING_VOXELS = 0.5
_LEAST_KEPT = 0.99


@dataclass(frozen=True, eq=False)
class FittedLabel:
    """A label on its image's grid, or what keeps it from there.

    Args:
        mask: (Z, Y, X) label values; None where the note refuses it.
        notes: What was or could be done.
        confirmed: First and last of the slices that are right, from 0; None for all.
    """

    mask: LabelArray | None
    notes: tuple[FileNote, ...] = ()
    confirmed: SliceRanges | None = None


def fit_label(files: VolumeFiles, image: FoundImage, grid: Grid, scheme: LabelScheme, repair: bool) -> FittedLabel:
    """Read a label on the grid of its image; on another grid it is taken over only as a `repair`, if that is safe.

    Safe is the nearest voxel by the positions in both headers, where the label has another shape and loses next to
    nothing of what is marked; or voxel by voxel, where the shapes are equal and no voxel lies off by more than half a
    voxel. An equal shape farther off is refused for good: whether the header or the order of the voxels is right cannot
    be told, and the wrong guess mirrors or shifts the label. So is a label without a geometry on another grid, and one
    that is right in some slices only. Where the scheme has one label and the mask one value, another than the label's,
    it is taken for the label as a `repair`: masks in pictures mark with 255.

    Raises:
        FormatError: The file cannot be read, or has several channels.
        GeometryError: It holds values that the scheme or its folder does not know, or no slice is right.
    """
    reader = files.reader_of(image)
    if isinstance(reader, MaskReader):
        return FittedLabel(reader.read_mask(image, grid, scheme))
    path = image.files[0]
    look = _look(files, image)
    if not look.volumes:
        return FittedLabel(None, look.notes)
    if len(look.volumes) != 1:
        msg = f"{path}: found {len(look.volumes)} channels; wanted a mask with a single one."
        raise FormatError(msg)
    mask = look.volumes[0]
    strange = None if image.meaning.values else _only_value(mask.array, scheme)
    if strange is None:
        return _on_grid(look, mask, image, grid, scheme, repair)
    found, own = f"{path}: found the label value {strange} alone", scheme.values[0]
    if not repair:
        words = f"{found}; wanted {own}. It can be taken for '{scheme.names[0]}'."
        return FittedLabel(None, (FileNote(NoteKind.LABEL_VALUE, Verdict.REPAIRABLE, words),))
    words = f"{found}; it was taken for '{scheme.names[0]}', which is {own}."
    marked = Volume((mask.array == strange).astype(np.uint8) * np.uint8(own), mask.grid)
    fitted = _on_grid(look, marked, image, grid, scheme, repair)
    return replace(fitted, notes=(FileNote(NoteKind.LABEL_VALUE, Verdict.REPAIRED, words), *fitted.notes))


def _on_grid(
    look: CloseLook, mask: Volume, image: FoundImage, grid: Grid, scheme: LabelScheme, repair: bool
) -> FittedLabel:
    path = image.files[0]
    meant = meant_mask(mask.array, image.meaning, scheme, str(path))
    values = Volume(meant.values, mask.grid)
    if mask.grid.matches(grid):
        return FittedLabel(values.array, confirmed=meant.confirmed)
    found = f"{path} does not lie on its image's grid: found {mask.grid}; wanted {grid}"
    if says_no_positions(look):
        return _refused(f"{found}. It says no positions, so that it cannot be fitted.")
    if meant.confirmed is not None:
        return _refused(f"{found}. It is right in some slices only, so that it cannot be fitted.")
    return (_same_shape if mask.grid.shape == grid.shape else _by_positions)(found, values, grid, repair)


def _only_value(array: ImageArray, scheme: LabelScheme) -> int | None:
    """Return the only value that an array holds beside 0, if the only label of a scheme has another."""
    highest = float(array.max())
    if len(scheme) != 1 or highest in (0, *scheme.values) or not 0 < highest == round(highest):
        return None
    return int(highest) if bool(((array == 0) | (array == highest)).all()) else None


def _look(files: VolumeFiles, image: FoundImage) -> CloseLook:
    """Read a mask as it is: its values are no intensities, and never interpolated."""
    look = files.look(image)
    blocking = [note for note in look.notes if note.verdict in (Verdict.REFUSED, Verdict.REPAIRABLE)]
    if not blocking or any(note.kind is not NoteKind.SHEARED for note in blocking):
        return look
    return replace(look, volumes=files.reader_of(image).read(image.files[0]))


def _same_shape(found: str, mask: Volume, grid: Grid, repair: bool) -> FittedLabel:
    off = mask.grid.farthest_corner_mm(grid) / min(grid.spacing_mm)
    if off > _MOST_ROUNDING_VOXELS:
        words = f"{found}. The shape is the same, so that the header may be wrong; correct it in one of the files."
        return _refused(words)
    how = f"voxel by voxel, for none lies off by more than {off:.2g} voxels"
    return _repaired(found, how, mask.array, repair)


def _by_positions(found: str, mask: Volume, grid: Grid, repair: bool) -> FittedLabel:
    marked = np.argwhere(mask.array)
    index = grid.to_index(mask.grid.to_world(marked.astype(np.float64)))
    inside = ((index >= -0.5) & (index <= np.asarray(grid.shape) - 0.5)).all(axis=1)
    kept = float(inside.mean()) if len(marked) else 1.0
    if kept < _LEAST_KEPT:
        return _refused(f"{found}. {1 - kept:.0%} of what it marks lies outside the image.")
    fitted = resample(mask, grid, nearest=True).array
    if set(np.unique(fitted)) | {0} != set(np.unique(mask.array)) | {0}:
        return _refused(f"{found}. One of its labels would vanish on the image's grid.")
    return _repaired(found, "by the nearest voxel", fitted, repair)


def _repaired(found: str, how: str, mask: LabelArray, repair: bool) -> FittedLabel:
    if not repair:
        words = f"{found}. It can be taken over {how}."
        return FittedLabel(None, (FileNote(NoteKind.LABEL_GRID, Verdict.REPAIRABLE, words),))
    words = f"{found}. It was taken over {how}."
    return FittedLabel(mask, (FileNote(NoteKind.LABEL_GRID, Verdict.REPAIRED, words),))


def _refused(words: str) -> FittedLabel:
    return FittedLabel(None, (FileNote(NoteKind.LABEL_GRID, Verdict.REFUSED, words),))
