"""MetaImage and NRRD files through ITK."""

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.reader import CloseLook
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.io.canonical import canonical_volume, file_grid
from napari_medal.io.close_look import close_look
from napari_medal.io.companions import companions
from napari_medal.io.content import describe_content, read_content
from napari_medal.io.itk_text import is_bare_itk
from napari_medal.io.size_limit import require_room

_MOST_CHANNELS = 4
_HEAD_BYTES = 4096
_LARGEST_NUMBER_BYTES = 8


@dataclass(frozen=True)
class ItkReader:
    """Reads .mha, .mhd, .nrrd and .nhdr images of one volume with one to four channels."""

    name: str = "itk"
    suffixes: tuple[str, ...] = (".mha", ".mhd", ".nrrd", ".nhdr")

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one volume for each component of a voxel.

        Raises:
            FormatError: The file is damaged, holds several volumes, or no finite real numbers.
        """
        channels, grid = _channels(path)
        return tuple(canonical_volume(channel, grid, path) for channel in channels)

    def look(self, image: FoundImage, repair: bool) -> CloseLook:
        """Read one volume for each component of a voxel, and say what is odd about it.

        Raises:
            FormatError: The file is damaged, holds several volumes, or no real numbers.
        """
        path = image.files[0]
        if len(image.files) != 1 or image.volume is not None:
            msg = f"{path}: found one volume of several, or several files; wanted one file with one volume."
            raise FormatError(msg)
        channels, grid = _channels(path)
        look = close_look(path, channels, grid, _notes(path), repair)
        return replace(look, orientation=look.orientation[::-1])  # ITK's first axis is the array's last

    def is_bare(self, path: Path) -> bool:
        """Tell whether the header has no comment and no key beyond those of the format."""
        return is_bare_itk(path)


READER = ItkReader()


def _channels(path: Path) -> tuple[list[npt.NDArray[Any]], Grid]:
    """Return one (z, y, x) array for each component, and their grid in the file's axis order."""
    image = _single_volume(_load(path), path)
    components = image.GetNumberOfComponentsPerPixel()
    if "complex" in image.GetPixelIDTypeAsString() or components > _MOST_CHANNELS:
        found = f"{image.GetPixelIDTypeAsString()} with {components} numbers in each voxel"
        msg = f"{path}: found {found}; wanted one to {_MOST_CHANNELS} real numbers in each voxel."
        raise FormatError(msg)
    array = _simple_itk().GetArrayFromImage(image)
    shape = (int(array.shape[0]), int(array.shape[1]), int(array.shape[2]))
    grid = file_grid(shape, _affine_zyx(image), path)
    return list(np.moveaxis(array.reshape(*shape, components), -1, 0)), grid


def _notes(path: Path) -> list[FileNote]:
    """Say whether an NRRD file has no directions; a MetaImage has its defaults, which are not told apart."""
    head = read_content(path, _HEAD_BYTES)
    if not head.startswith(b"NRRD") or b"\nspace directions:" in head:
        return []
    words = f"{path}: found no space directions; where left is and where right is a guess."
    return [FileNote(NoteKind.NO_GEOMETRY, Verdict.NOTED, words)]


def _simple_itk() -> Any:  # neither the module nor its images carry types
    """Return SimpleITK, which takes long to import."""
    import SimpleITK

    return SimpleITK


def _load(path: Path) -> Any:
    """Return the SimpleITK image, read by the one library that the ending names."""
    metaimage = path.suffix.lower() in {".mha", ".mhd"}
    head = read_content(path, _HEAD_BYTES)
    wanted = "a MetaImage header" if metaimage else "an NRRD header"
    if not (b"NDims" in head if metaimage else head.startswith(b"NRRD")):
        msg = f"{path}: found {describe_content(head)}; wanted {wanted}."
        raise FormatError(msg)
    beside = companions(path)
    stored = sum(file.stat().st_size for file in (path, *beside) if file.is_file())
    reader = _simple_itk().ImageFileReader()
    reader.SetImageIO("MetaImageIO" if metaimage else "NrrdImageIO")
    try:
        reader.SetFileName(str(path))
        reader.ReadImageInformation()
        is_whole = all(file.is_file() for file in beside)
        require_room(path, _promised(reader), stored if is_whole else None)
        return reader.Execute()
    except FormatError:
        raise
    except (RuntimeError, ValueError) as error:  # a ValueError of a name that ITK cannot be told
        msg = f"{path}: found {wanted} with voxels that ITK cannot read; wanted a whole image."
        raise FormatError(msg) from error


def _promised(reader: Any) -> int:
    """Return how many bytes an image of ITK takes, as its header says."""
    kind = _simple_itk().GetPixelIDValueAsString(reader.GetPixelID())  # such as "vector of 16-bit signed integer"
    bits = re.search(r"(\d+)-bit", kind)
    each = int(bits[1]) // 8 if bits else _LARGEST_NUMBER_BYTES
    return int(math.prod(reader.GetSize())) * int(reader.GetNumberOfComponents()) * each


def _single_volume(image: Any, path: Path) -> Any:
    """Return `image` with three axes: flat images gain one, further axes of length one go."""
    if image.GetDimension() == 2:
        return _simple_itk().JoinSeries(image)
    while image.GetDimension() > 3:
        size = image.GetSize()
        if size[-1] > 1:
            msg = f"{path}: found {size[-1]} volumes (shape {size}); wanted a single one."
            raise FormatError(msg)
        image = image[(slice(None),) * (image.GetDimension() - 1) + (0,)]
    return image


def _affine_zyx(image: Any) -> npt.NDArray[np.float64]:
    """Return the affine from (z, y, x) array index to LPS millimetres; ITK's own order is (x, y, z)."""
    affine = np.eye(4)
    direction = np.asarray(image.GetDirection(), dtype=np.float64).reshape(3, 3)
    with np.errstate(all="ignore"):  # numbers that are none are refused as a geometry
        affine[:3, :3] = (direction * np.asarray(image.GetSpacing()))[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return affine
