"""Images of a case and masks, by whichever reader knows their ending."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.reader import BareReader, CloseLook, CloseReader, MaskReader, Reader
from napari_medal.core.volume import Volume, require_same_grid
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.meant_mask import meant_mask
from napari_medal.registry import Registry
from napari_medal.types import LabelArray


@dataclass(frozen=True)
class VolumeFiles:
    """What can be read, and the reading of it.

    Args:
        readers: Tried by the longest ending that fits; among equals the first one wins.
    """

    readers: tuple[Reader, ...]

    @classmethod
    def of(cls, registry: Registry[Reader]) -> Self:
        """Use every reader of the registry that loads."""
        return cls(tuple(registry.working().values()))

    @property
    def suffixes(self) -> tuple[str, ...]:
        """All endings that can be read, sorted."""
        return tuple(sorted({suffix for reader in self.readers for suffix in reader.suffixes}))

    def reader_for(self, path: Path) -> Reader:
        """Return the reader whose ending fits the file's name.

        Raises:
            FormatError: None does; the message lists the known endings.
        """
        name = path.name.lower()
        fits = [(len(suffix), reader) for reader in self.readers for suffix in reader.suffixes if name.endswith(suffix)]
        if not fits:
            msg = f"{path}: found an ending that no reader knows; wanted one of {', '.join(self.suffixes)}."
            raise FormatError(msg)
        return max(fits, key=lambda fit: fit[0])[1]

    def reader_of(self, image: FoundImage) -> Reader:
        """Return the reader that an image names, else the one whose ending fits.

        Raises:
            FormatError: There is no such reader.
        """
        if not image.reader:
            return self.reader_for(image.files[0])
        for reader in self.readers:
            if reader.name == image.reader:
                return reader
        msg = f"{image.files[0]}: found no reader '{image.reader}'; wanted it installed."
        raise FormatError(msg)

    def look(self, image: FoundImage, repair: bool = False) -> CloseLook:
        """Read an image with everything that a person should know about it; `repair` what is repairable.

        Raises:
            FormatError: It cannot be read.
        """
        reader = self.reader_of(image)
        if isinstance(reader, CloseReader):
            return reader.look(image, repair)
        if len(image.files) != 1 or image.volume is not None:
            found = f"{len(image.files)} files" if len(image.files) != 1 else "one volume of several"
            msg = f"{image.files[0]}: found {found}, which the reader '{reader.name}' does not read; wanted one file."
            raise FormatError(msg)
        return CloseLook(reader.read(image.files[0]))

    def is_bare(self, image: FoundImage) -> bool:
        """Tell whether an image is one file that holds it with its geometry and nothing else, above all no text.

        Raises:
            FormatError: It cannot be read.
        """
        reader = self.reader_of(image)
        is_whole = len(image.files) == 1 and image.volume is None
        return is_whole and isinstance(reader, BareReader) and reader.is_bare(image.files[0])

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one file: one canonical volume for each channel it holds.

        Raises:
            FormatError: It cannot be read.
        """
        return self.reader_for(path).read(path)

    def read_case(self, images: Sequence[Path]) -> tuple[Volume, ...]:
        """Read all channels of a case, in order.

        Raises:
            FormatError: A file cannot be read.
            GeometryError: Two files do not lie on the same grid.
        """
        channels: list[Volume] = []
        for path in images:
            found = self.read(path)
            if channels:
                require_same_grid(channels[0], str(images[0]), found[0], str(path))
            channels.extend(found)
        return tuple(channels)

    def read_mask(self, path: Path, grid: Grid, scheme: LabelScheme) -> LabelArray:
        """Read a mask that lies on the canonical grid of its image; returns (Z, Y, X) label values.

        Raises:
            FormatError: The file cannot be read, or has several channels.
            GeometryError: It lies on another grid, or holds values that the scheme does not know.
        """
        return self.read_label(FoundImage((path,)), grid, scheme)

    def read_label(self, image: FoundImage, grid: Grid, scheme: LabelScheme) -> LabelArray:
        """Read a mask, whatever it is read from, on the canonical grid of its image; returns (Z, Y, X) label values.

        Raises:
            FormatError: A file cannot be read, or has several channels.
            GeometryError: It lies on another grid, holds values that the scheme does not know, or is right in part.
        """
        reader = self.reader_of(image)
        if isinstance(reader, MaskReader):
            return reader.read_mask(image, grid, scheme)
        path, channels = image.files[0], self.look(image).volumes
        if len(channels) != 1:
            msg = f"{path}: found {len(channels)} channels; wanted a mask with a single one."
            raise FormatError(msg)
        mask = channels[0]
        if not mask.grid.matches(grid):
            msg = f"{path} does not lie on its image's grid: the mask has {mask.grid}; the image has {grid}."
            raise GeometryError(msg)
        meant = meant_mask(mask.array, image.meaning, scheme, str(path))
        if meant.confirmed is not None:
            msg = f"{path}: found a mask of which only some slices are right; wanted a whole one."
            raise GeometryError(msg)
        return meant.values


def check_reader_protocol(candidate: object) -> str | None:
    """Say what keeps an object from being a reader; None if nothing does."""
    if not isinstance(candidate, Reader):
        return f"found {type(candidate).__name__}; wanted name, suffixes and read(path)"
    endings = candidate.suffixes
    if not endings or any(ending != ending.lower() or not ending.startswith(".") for ending in endings):
        return f"found the endings {endings!r}; wanted lower-case ones such as '.nii.gz'"
    return None
