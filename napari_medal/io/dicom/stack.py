"""How the slices of a series lie to one another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.errors import FormatError
from napari_medal.io.dicom.frame import Frame
from napari_medal.types import Affine

_Vectors = npt.NDArray[np.float64]

_UNEVEN = 0.02
"""Share of the slice distance by which a slice may lie beside its even place: positions are rounded, tables jitter."""
_MULTIPLE = 0.05
_MOST_GAPS = 0.1
"""Where more of the distances are double, the exam was made so, and nothing is missing."""
_SAME_PLACE_MM = 1e-3


@dataclass(frozen=True)
class SliceStack:
    """Slices in order along their normal, and what is odd about them.

    Args:
        frames: At least one, from the lowest along the normal on.
        along_mm: (n,) where each lies along the normal.
        sideways_px: (n, 2) how far each lies beside the first, in rows and columns.
        affine: From (slice, row, column) to LPS millimetres, if they were evenly spaced on a straight line.
        normal: (3,) unit vector.
        notes: What a person should know.
    """

    frames: tuple[Frame, ...]
    along_mm: _Vectors
    sideways_px: _Vectors
    affine: Affine
    normal: _Vectors
    notes: tuple[FileNote, ...]

    @property
    def is_sheared(self) -> bool:
        """Whether slices lie beside one another, as under a tilted gantry."""
        return any(note.kind is NoteKind.SHEARED for note in self.notes)

    @property
    def is_uneven(self) -> bool:
        """Whether slices lie at uneven distances."""
        return any(note.kind is NoteKind.UNEVEN_SLICES for note in self.notes)


def stack_slices(frames: Sequence[Frame], name: str, are_same: Callable[[Frame, Frame], bool]) -> SliceStack:
    """Bring placed slices of one size and orientation into order.

    Args:
        frames: In any order.
        name: What the series is called in notes and errors.
        are_same: Tells whether two slices hold the same pixels.

    Raises:
        FormatError: Their orientation or spacing is none, or they lie beside one another without order.
    """
    row, column, normal = _axes(frames[0], name)
    places = np.array([frame.position_mm for frame in frames], dtype=np.float64)
    numbers = np.array([frame.number or frame.header.number for frame in frames])
    order = np.lexsort((numbers, places @ normal))
    kept, notes = _without_doubles([frames[index] for index in order], places[order] @ normal, name, are_same)
    places = np.array([frame.position_mm for frame in kept], dtype=np.float64)
    along = places @ normal
    spacing = np.array(kept[0].spacing_mm)
    sideways = np.stack([(places - places[0]) @ axis for axis in (column, row)], axis=1) / spacing
    step = (places[-1] - places[0]) / (len(kept) - 1) if len(kept) > 1 else normal * _alone_mm(kept[0])
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2], affine[:3, 3] = step, column * spacing[0], row * spacing[1], places[0]
    if not any(note.verdict is Verdict.REFUSED for note in notes):
        notes = [*notes, *_distances(along, name), *_shear(along, sideways, spacing, name)]
    return SliceStack(tuple(kept), along, sideways, affine, normal, tuple(notes))


def _axes(frame: Frame, name: str) -> tuple[_Vectors, _Vectors, _Vectors]:
    """Return the unit vectors along a row, along a column, and along their normal."""
    directions = np.array(frame.orientation, dtype=np.float64).reshape(2, 3)
    lengths = np.linalg.norm(directions, axis=1)
    if np.any(np.abs(lengths - 1) > 0.01) or abs(directions[0] @ directions[1]) > 0.01:
        msg = f"{name}: found the orientation {directions.ravel().tolist()}; wanted two unit vectors at right angles."
        raise FormatError(msg)
    if min(frame.spacing_mm or (0.0,)) <= 0:
        msg = f"{name}: found pixels {frame.spacing_mm} mm apart; wanted distances above 0."
        raise FormatError(msg)
    row, column = directions / lengths[:, None]
    normal = np.cross(row, column)
    return row, column, normal / np.linalg.norm(normal)


def _alone_mm(frame: Frame) -> float:
    """Return how thick a single slice is."""
    return next((value for value in (frame.between_mm, frame.thickness_mm) if value is not None and value > 0), 1.0)


def _without_doubles(
    frames: list[Frame], along: _Vectors, name: str, are_same: Callable[[Frame, Frame], bool]
) -> tuple[list[Frame], list[FileNote]]:
    """Leave out slices that are there twice; different ones at one place are refused."""
    kept, doubled = [frames[0]], 0
    for index in range(1, len(frames)):
        if along[index] - along[index - 1] > _SAME_PLACE_MM:
            kept.append(frames[index])
            continue
        doubled += 1
        if not are_same(kept[-1], frames[index]):
            words = (
                f"{name}: found different slices at one place ({along[index]:.2f} mm along the normal), and nothing "
                "that tells them apart as echoes, points in time or b-values; wanted one slice at each place."
            )
            return frames, [FileNote(NoteKind.DOUBLED_SLICES, Verdict.REFUSED, words)]
    if not doubled:
        return kept, []
    words = f"{name}: found {doubled} of {len(frames)} slices twice, with the same pixels; each was taken once."
    return kept, [FileNote(NoteKind.DOUBLED_SLICES, Verdict.NOTED, words)]


def _distances(along: _Vectors, name: str) -> list[FileNote]:
    """Say whether slices are missing, or at uneven distances."""
    if len(along) < 3:
        return []
    even = np.linspace(along[0], along[-1], len(along))
    gaps = np.diff(along)
    if np.abs(along - even).max() <= _UNEVEN * float(gaps.mean()):
        return []
    usual = float(np.median(gaps))
    multiples = np.round(gaps / usual)
    wide = np.count_nonzero(multiples > 1)
    whole = np.all((multiples >= 1) & (np.abs(gaps / usual - multiples) <= _MULTIPLE))
    if whole and 0 < wide <= max(1.0, _MOST_GAPS * len(gaps)):
        lost = int((multiples - 1).sum())
        words = (
            f"{name}: found {lost} of {len(along) + lost} slices missing, {_places(along, multiples > 1)}; wanted "
            f"one every {usual:.4g} mm. What lay there cannot be known: fetch the series again."
        )
        return [FileNote(NoteKind.MISSING_SLICES, Verdict.REFUSED, words)]
    words = (
        f"{name}: found slices {gaps.min():.4g} to {gaps.max():.4g} mm apart; wanted even distances. They can be "
        f"resampled to one every {usual:.4g} mm."
    )
    return [FileNote(NoteKind.UNEVEN_SLICES, Verdict.REPAIRABLE, words)]


def _places(along: _Vectors, wide: npt.NDArray[np.bool_]) -> str:
    """Say after which slices something is missing, counted from 1."""
    numbers = [str(index + 1) for index in np.flatnonzero(wide)]
    shown = ", ".join(numbers[:5]) + (", ..." if len(numbers) > 5 else "")
    return f"after slice {shown} of {len(along)}"


def _shear(along: _Vectors, sideways: _Vectors, spacing: _Vectors, name: str) -> list[FileNote]:
    """Say whether slices lie beside one another; a drift of less than half a pixel is kept in the affine."""
    if len(along) < 2:
        return []
    share = (along - along[0]) / (along[-1] - along[0])
    beside = np.abs(sideways - share[:, None] * sideways[-1]).max()
    if beside > 0.5:
        msg = f"{name}: found slices up to {beside:.3g} pixels beside their line; wanted them above one another."
        raise FormatError(msg)
    if np.abs(sideways[-1]).max() <= 0.5:
        return []
    angle = np.degrees(np.arctan2(np.linalg.norm(sideways[-1] * spacing), along[-1] - along[0]))
    words = (
        f"{name}: found slices sheared by {angle:.1f} degrees, as by a tilted gantry; wanted them above each other. "
        "They can be resampled onto a straight grid."
    )
    return [FileNote(NoteKind.SHEARED, Verdict.REPAIRABLE, words)]
