"""The protocols of readers of image files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from napari_medal.core.file_note import FileNote
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.series_source import SeriesSource
from napari_medal.core.volume import Volume
from napari_medal.types import LabelArray


@runtime_checkable
class Reader(Protocol):
    """Turns a file into volumes in the canonical frame.

    Register an instance under the entry-point group "napari_medal.readers"; `napari_medal.testing.check_reader`
    tells whether it is sound. A reader that knows more keeps `CloseReader` or `MaskReader` too.
    """

    @property
    def name(self) -> str:
        """Identifier."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the file names it reads, lower case, such as ".nii.gz"."""

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one file: one volume for each channel it holds.

        Raises:
            FormatError: It is not what its name claims, or nothing that can be shown; the message names the
                file, what was found and what was wanted.
        """


@dataclass(frozen=True, eq=False)
class CloseLook:
    """An image that was looked at closely, once, on its way into a project.

    Args:
        volumes: One for each channel, canonical; none where a note refuses the image.
        notes: What a person should know.
        source: The DICOM series it came from.
        names: Of the channels, such as "FLAIR"; empty where nothing says them.
        orientation: Where the file's own axes grow to, first axis first, such as "RAS"; "" where that says nothing.
    """

    volumes: tuple[Volume, ...]
    notes: tuple[FileNote, ...] = ()
    source: SeriesSource | None = None
    names: tuple[str, ...] = ()
    orientation: str = ""


@runtime_checkable
class CloseReader(Protocol):
    """A reader that can read what lies in several files, tell what is odd about it, and repair it when asked."""

    def look(self, image: FoundImage, repair: bool) -> CloseLook:
        """Read an image and say what is odd about it.

        Args:
            image: What it is read from.
            repair: Whether what is repairable is to be repaired.

        Raises:
            FormatError: It cannot be read; the message names the file, what was found and what was wanted.
        """


@runtime_checkable
class MaskReader(Protocol):
    """A reader of files that hold labels by name or as contours, and no image."""

    def read_mask(self, image: FoundImage, grid: Grid, scheme: LabelScheme) -> LabelArray:
        """Return the (Z, Y, X) label values of a scheme on a canonical grid.

        Raises:
            FormatError: The file cannot be read.
            GeometryError: It does not fit the grid, or holds labels that the scheme does not know.
        """


@runtime_checkable
class BareReader(Protocol):
    """A reader that knows of a file whether it holds an image with its geometry and nothing else, above all no text."""

    def is_bare(self, path: Path) -> bool:
        """Tell whether a file that can be read may be copied as it is.

        Raises:
            FormatError: It cannot be read.
        """
