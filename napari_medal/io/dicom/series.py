"""A DICOM series as canonical volumes, with what is odd about it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.reader import CloseLook
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.io.canonical import canonical_volume, file_grid
from napari_medal.io.dicom.burnt_in_note import burnt_in_notes
from napari_medal.io.dicom.channel_name import channel_name
from napari_medal.io.dicom.collected import CollectedSeries
from napari_medal.io.dicom.frame import Frame
from napari_medal.io.dicom.parts import split_parts
from napari_medal.io.dicom.real_values import real_values
from napari_medal.io.dicom.source_of import source_of
from napari_medal.io.dicom.stack import SliceStack, stack_slices
from napari_medal.io.dicom.stored_pixels import stored_pixels
from napari_medal.io.dicom.straighten import straighten
from napari_medal.io.dicom.ultrasound import region_spacing_mm
from napari_medal.types import Affine

_MOST_PARTS = 8
_COLOURS = ("red", "green", "blue")
_OBLIQUE_DEGREES = 0.5

_Pictures = npt.NDArray[Any]


def look_at_series(image: FoundImage, repair: bool) -> CloseLook:
    """Read a series from its files.

    Slices are sorted along their normal. Echoes, points in time, b-values and kinds of image in one series become
    channels, and so do colours. Pictures without a position stand by themselves, with pixels of 1 mm where nothing else
    is said; the pictures of a film are stacked.

    Raises:
        FormatError: It cannot be read, or is no single series.
    """
    series = CollectedSeries.of(image.files)
    name = image.name or channel_name(series.frames[0].header)
    look = _placed(series, name, repair) if series.frames[0].is_placed else _flat(series, name)
    if image.volume is None or not look.volumes:
        return look
    if image.volume >= len(look.volumes):
        msg = f"{series.name}: found {len(look.volumes)} volumes; wanted number {image.volume + 1}."
        raise FormatError(msg)
    chosen = slice(image.volume, image.volume + 1)
    return replace(look, volumes=look.volumes[chosen], names=look.names[chosen])


def _placed(series: CollectedSeries, name: str, repair: bool) -> CloseLook:
    """Stack slices that say where they lie."""
    parts = split_parts(series.frames)
    if len(parts) > _MOST_PARTS:
        msg = f"{series.name}: found {len(parts)} volumes in one series; wanted {_MOST_PARTS} at most, one a channel."
        raise FormatError(msg)
    stacks = [stack_slices(part, series.name, _are_same) for part in parts]
    notes = (*series.notes, *stacks[0].notes)
    unusable = {Verdict.REFUSED} if repair else {Verdict.REFUSED, Verdict.REPAIRABLE}
    if any(note.verdict in unusable for note in notes):
        return CloseLook((), notes)
    volumes: list[Volume] = []
    for stack in stacks:
        volumes.extend(_stack_volumes(stack, series.name))
    if not all(volume.grid.matches(volumes[0].grid) for volume in volumes):
        msg = f"{series.name}: found volumes that do not lie on one grid in one series; wanted them on one."
        raise FormatError(msg)
    changed = any(note.verdict is Verdict.REPAIRABLE for note in notes)
    return CloseLook(
        tuple(volumes),
        (*map(_as_done, notes), *_oblique(volumes[0], series.name), *burnt_in_notes(series, ())),
        None if changed else source_of(stacks[0].frames),
        _names(name, len(stacks), len(volumes)),
    )


def _flat(series: CollectedSeries, name: str) -> CloseLook:
    """Show a picture, or a film, that does not say where it lies."""
    first = series.frames[0]
    if len({frame.header.path for frame in series.frames}) > 1:
        msg = (
            f"{series.name}: found {len(series.frames)} pictures that do not say where they lie; wanted each by itself."
        )
        raise FormatError(msg)
    rows, columns = first.spacing_mm or region_spacing_mm(first.header) or (1.0, 1.0)
    affine = np.eye(4)[[2, 1, 0, 3]] * np.array((1.0, rows, columns, 1.0))
    volumes = _volumes(_values(series.frames), affine, series.name)
    notes = [*series.notes, *burnt_in_notes(series, volumes)]
    if len(series.frames) > 1:
        words = (
            f"{series.name}: found a film of {len(series.frames)} pictures; stacked 1 mm apart, which means nothing."
        )
        notes.append(FileNote(NoteKind.NO_GEOMETRY, Verdict.NOTED, words))
    return CloseLook(volumes, tuple(notes), None, _names(name, 1, len(volumes)))


def _stack_volumes(stack: SliceStack, name: str) -> tuple[Volume, ...]:
    channels = _values(stack.frames)
    if not (stack.is_sheared or stack.is_uneven):
        return _volumes(channels, stack.affine, name)
    straight = [straighten(channel, stack) for channel in channels]
    return _volumes([values for values, _ in straight], straight[0][1], name)


def _values(frames: Sequence[Frame]) -> list[_Pictures]:
    """Read the (picture, row, column) values of each channel; colours that are grey everywhere are one."""
    stored = stored_pixels(frames)
    if stored.ndim == 3:
        return [real_values(stored, frames)]
    red, green, blue = (stored[..., index] for index in range(len(_COLOURS)))
    return [red] if np.array_equal(red, green) and np.array_equal(red, blue) else [red, green, blue]


def _volumes(channels: Sequence[_Pictures], affine: Affine, name: str) -> tuple[Volume, ...]:
    path = Path(name)
    slices, rows, columns = channels[0].shape
    grid = file_grid((slices, rows, columns), affine, path)
    return tuple(canonical_volume(channel, grid, path) for channel in channels)


def _are_same(first: Frame, second: Frame) -> bool:
    ours, theirs = stored_pixels([first]), stored_pixels([second])
    return (first.slope, first.intercept) == (second.slope, second.intercept) and np.array_equal(ours, theirs)


def _as_done(note: FileNote) -> FileNote:
    if note.verdict is not Verdict.REPAIRABLE:
        return note
    return FileNote(note.kind, Verdict.REPAIRED, note.words.replace("They can be resampled", "They were resampled"))


def _oblique(volume: Volume, name: str) -> list[FileNote]:
    degrees = volume.grid.obliquity_degrees
    if degrees <= _OBLIQUE_DEGREES:
        return []
    words = f"{name}: found slices that are oblique by {degrees:.1f} degrees; they stay as they are."
    return [FileNote(NoteKind.OBLIQUE, Verdict.NOTED, words)]


def _names(name: str, parts: int, volumes: int) -> tuple[str, ...]:
    """Name the channels: one for each part, and for each colour of it."""
    numbered = [name] if parts == 1 else [f"{name} {part + 1}".strip() for part in range(parts)]
    colours = _COLOURS if volumes == parts * len(_COLOURS) else ("",)
    return tuple(f"{part} {colour}".strip() for part in numbered for colour in colours)
