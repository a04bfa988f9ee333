"""The pictures of one series from its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.errors import FormatError
from napari_medal.io.dicom.alike import group_alike
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.frame import Frame, frames_of
from napari_medal.io.dicom.header import Header

_STRAYS = 3
_STRAY_SHARE = 0.1
"""So many pictures of another size or orientation are taken for scouts; more make it another stack."""


@dataclass(frozen=True)
class CollectedSeries:
    """The pictures of one series, all of one size and orientation.

    Args:
        frames: At least one.
        name: What the series is called in notes and errors.
        notes: What was left out.
    """

    frames: tuple[Frame, ...]
    name: str
    notes: tuple[FileNote, ...] = ()

    @classmethod
    def of(cls, files: Sequence[Path]) -> Self:
        """Read the headers of the files of one series, in any order.

        Raises:
            FormatError: A file is no DICOM image, or they are of several patients, several series or several stacks.
        """
        headers = [Header.read(path) for path in sorted(files)]
        name = _name(headers)
        if len({header.person.identifier for header in headers}) > 1:
            msg = f"{name}: found files of several patients in one series; wanted those of one."
            raise FormatError(msg)
        series = {header.series for header in headers}
        if len(series) > 1:
            msg = f"{name}: found files of {len(series)} series; wanted those of one."
            raise FormatError(msg)
        if any("MOSAIC" in header.image_type for header in headers):
            msg = f"{name}: found a mosaic, which shows all slices in one picture; wanted slices: convert it first."
            raise FormatError(msg)
        own = list({header.sop_instance or header.path: header for header in headers}.values())
        frames = [frame for header in own for frame in frames_of(header)]
        main, *others = group_alike(frames)
        strays = sum(map(len, others))
        if not others:
            return cls(tuple(main), name)
        if len(main) <= strays or strays > max(_STRAYS, _STRAY_SHARE * len(frames)):
            msg = (
                f"{name}: found pictures of {len(others) + 1} sizes or orientations in one series; wanted those of one."
            )
            raise FormatError(msg)
        words = f"{name}: found {strays} of {len(frames)} pictures of another size or orientation; left out as scouts."
        return cls(tuple(main), name, (FileNote(NoteKind.OTHER, Verdict.NOTED, words),))


def _name(headers: Sequence[Header]) -> str:
    words = file_words(headers[0].path, headers[0].person)
    return words if len(headers) == 1 else f"{words} and {len(headers) - 1} more"
