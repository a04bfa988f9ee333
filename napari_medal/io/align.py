"""Channels of a case brought onto one grid."""

from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.reader import CloseLook
from napari_medal.core.volume import Volume
from napari_medal.io.close_look import says_no_positions
from napari_medal.io.resample import resample

_LEAST_SHARED = 0.5


@dataclass(frozen=True, eq=False)
class Aligned:
    """The channels of one image as they lie on the grid of the first.

    Args:
        volumes: None where a note refuses them.
        note: What was done, or why it was refused; None where nothing had to be done.
    """

    volumes: tuple[Volume, ...]
    note: FileNote | None = None


def align(first: CloseLook, first_path: Path, look: CloseLook, path: Path, repair: bool) -> Aligned:
    """Interpolate (linear) the channels of an image onto the grid of the case's first channel, by world positions.

    Refused where there is no saying that both lie in one space: one of them has no geometry, they share less than half
    of the smaller one's space, or two DICOM series name different frames of reference, which a `repair` overrides.
    """
    target = first.volumes[0].grid
    if all(volume.grid.matches(target) for volume in look.volumes):
        return Aligned(look.volumes)
    grid = look.volumes[0].grid
    named, wanted = _called(look, path), _called(first, first_path)
    found = f"{named} does not lie on the grid of {wanted}: found {grid}; wanted {target}"
    if says_no_positions(first) or says_no_positions(look):
        return _refused(f"{found}. One of them says no positions, so that it cannot be interpolated.", Verdict.REFUSED)
    shared = target.shared_with(grid)
    if shared < _LEAST_SHARED:
        return _refused(f"{found}. They share only {shared:.0%} of the smaller one's space.", Verdict.REFUSED)
    if _lies_in_another_frame(first, look) and not repair:
        words = f"{found}. The series name different frames of reference; it can be interpolated as if they did not."
        return _refused(words, Verdict.REPAIRABLE)
    words = f"{found}. It was interpolated (linear); they share {shared:.0%} of the smaller one's space."
    volumes = tuple(resample(volume, target) for volume in look.volumes)
    return Aligned(volumes, FileNote(NoteKind.OTHER_GRID, Verdict.REPAIRED, words))


def _called(look: CloseLook, path: Path) -> str:
    """Return the sequence's name, else the file's; folders of DICOM files like to be named after patients."""
    return next((name for name in look.names if name), path.name)


def _refused(words: str, verdict: Verdict) -> Aligned:
    return Aligned((), FileNote(NoteKind.OTHER_GRID, verdict, words))


def _lies_in_another_frame(first: CloseLook, second: CloseLook) -> bool:
    frames = {look.source.frame_of_reference_uid for look in (first, second) if look.source is not None} - {""}
    return len(frames) > 1
