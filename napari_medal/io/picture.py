"""Pictures, and stacks of them: PNG, JPEG, TIFF and BMP."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from napari_medal.io.close_look import close_look
from napari_medal.io.content import describe_content, read_content
from napari_medal.io.picture_text import is_bare_picture
from napari_medal.io.size_limit import require_room
from napari_medal.io.slice_numbers import in_order, missing_numbers

_TIFF_SUFFIXES = (".tif", ".tiff")
_COLOURS = 3
_AFFINE = np.eye(4)[[2, 1, 0, 3]]
_BYTES_PER_PIXEL = {"1": 1, "L": 1, "LA": 2, "La": 2, "P": 3, "I": 4, "F": 4, "I;16": 2, "I;16L": 2, "I;16B": 2}
"""What a pixel takes at most while it is read, by Pillow's name of its kind; all others are colours."""
_LONGEST_REASON = 200
_NEEDED_FOR_PACKED = "imagecodecs"
"""The package that tifffile asks for where pixels are packed by LZW, JPEG and the like."""


@dataclass(frozen=True)
class PictureReader:
    """Reads pictures as slices with pixels of 1 mm: grey as one channel, colours as three.

    Pictures carry no geometry that could be trusted; x grows to the right of the picture and y downwards. The pages of
    a TIFF are slices, and so are several files, in the order of the numbers in their names. Transparency is left out,
    and colours that are grey in every pixel become one channel, unless a folder has names for three.
    """

    name: str = "picture"
    suffixes: tuple[str, ...] = (".png", ".jpg", ".jpeg", *_TIFF_SUFFIXES, ".bmp")

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one volume (z, y, x) for each channel.

        Raises:
            FormatError: The file is damaged, no picture, or has pages of several sizes.
        """
        stacks = _channels(_slices(path), path)
        grid = file_grid(_shape(stacks), _AFFINE, path)
        return tuple(canonical_volume(stack, grid, path) for stack in stacks)

    def look(self, image: FoundImage, repair: bool) -> CloseLook:
        """Read a picture, or a stack of them, and say what a stack does not tell.

        Raises:
            FormatError: A file is damaged or no picture, slices differ in size, or one volume of several is asked for.
        """
        first = image.files[0]
        if image.volume is not None:
            msg = f"{first}: found a picture, which holds one volume; wanted its volume {image.volume}."
            raise FormatError(msg)
        files = in_order(image.files)
        slices = [pixels for path in files for pixels in _slices(path)]
        for path, pixels in zip(files, slices, strict=False):
            if pixels.shape != slices[0].shape:
                msg = f"{path}: found a slice of shape {pixels.shape}; wanted {slices[0].shape}, as in {files[0].name}."
                raise FormatError(msg)
        stacks = _channels(slices, first, joins_grey=len(image.channels) != _COLOURS)
        grid = file_grid(_shape(stacks), _AFFINE, first)
        look = close_look(first, stacks, grid, _stack_notes(files, len(slices)), repair)
        return replace(look, orientation="")

    def is_bare(self, path: Path) -> bool:
        """Tell whether a file is one picture and nothing else: no comment, no EXIF, no second page."""
        return is_bare_picture(path)


READER = PictureReader()


def _shape(stacks: list[npt.NDArray[Any]]) -> tuple[int, int, int]:
    z, y, x = (int(n) for n in stacks[0].shape)
    return z, y, x


def _stack_notes(files: tuple[Path, ...], slices: int) -> list[FileNote]:
    """Say what is not known of a stack of slices."""
    if slices == 1:
        return []
    words = f"{files[0]}: pictures say no distances; its {slices} slices are taken for 1 mm apart, with pixels of 1 mm."
    notes = [FileNote(NoteKind.NO_GEOMETRY, Verdict.NOTED, words)]
    if missing := missing_numbers(files):
        words = f"{files[0].parent}: found no slice {missing}; the stack is joined as if there were none."
        notes.append(FileNote(NoteKind.MISSING_SLICES, Verdict.NOTED, words))
    return notes


def _slices(path: Path) -> list[npt.NDArray[Any]]:
    """Return the (y, x) or (y, x, channels) pixels of each slice in a file."""
    head = read_content(path, 4096)
    return _tiff_pages(path, head) if path.name.lower().endswith(_TIFF_SUFFIXES) else [_pixels(path, head)]


def _pixels(path: Path, head: bytes) -> npt.NDArray[Any]:
    """Return (y, x) or (y, x, channels) pixels of a PNG, JPEG or BMP file."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            wanted = image.width * image.height * _BYTES_PER_PIXEL.get(image.mode, 4)
            require_room(path, wanted, path.stat().st_size)
            if image.mode in {"1", "L", "F", "I"} or image.mode.startswith("I;16"):
                return _without_bools(np.asarray(image))
            if image.mode in {"LA", "La"}:
                return np.asarray(image.convert("L"))
            return np.asarray(image.convert("RGB"))
    except UnidentifiedImageError as error:
        msg = f"{path}: found {describe_content(head)}; wanted a picture."
        raise FormatError(msg) from error
    except FormatError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        msg = f"{path}: found a picture of more pixels than Pillow reads ({_reason(error)}); wanted a smaller one."
        raise FormatError(msg) from error
    except Exception as error:  # decoders of damaged pictures raise almost anything
        msg = f"{path}: found a damaged picture ({_reason(error)}); wanted a whole one."
        raise FormatError(msg) from error


def _tiff_pages(path: Path, head: bytes) -> list[npt.NDArray[Any]]:
    """Return (y, x) or (y, x, channels) pixels of each page of a TIFF file."""
    import tifffile

    try:
        with tifffile.TiffFile(path) as tiff:
            _require_one_size([page.shape for page in tiff.pages], path)
            require_room(path, sum(int(page.nbytes) for page in tiff.pages), path.stat().st_size)
            pages = [_page_pixels(page) for page in tiff.pages]
            _require_one_size([pixels.shape for pixels in pages], path)
            return pages
    except tifffile.TiffFileError as error:
        msg = f"{path}: found {describe_content(head)}; wanted a TIFF picture."
        raise FormatError(msg) from error
    except FormatError:
        raise
    except Exception as error:  # damaged tags make tifffile raise almost anything
        if _NEEDED_FOR_PACKED in str(error):
            return _unpacked_pages(path, head)
        msg = f"{path}: found a damaged or unusual TIFF ({_reason(error)}); wanted a whole picture."
        raise FormatError(msg) from error


def _unpacked_pages(path: Path, head: bytes) -> list[npt.NDArray[Any]]:
    """Return the pixels of a TIFF that is packed as only Pillow can unpack: by LZW, or as JPEG."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            count = getattr(image, "n_frames", 1)
            require_room(path, count * image.width * image.height * len(image.getbands()), path.stat().st_size)
            pages = [_without_bools(np.asarray(page)) for page in ImageSequence.Iterator(image)]
    except UnidentifiedImageError as error:
        msg = f"{path}: found {describe_content(head)}; wanted a TIFF picture."
        raise FormatError(msg) from error
    except FormatError:
        raise
    except Exception as error:  # decoders of damaged pictures raise almost anything
        msg = f"{path}: found a damaged or unusual TIFF ({_reason(error)}); wanted a whole picture."
        raise FormatError(msg) from error
    _require_one_size([page.shape for page in pages], path)
    return pages


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_LONGEST_REASON]


def _require_one_size(shapes: Sequence[tuple[int, ...]], path: Path) -> None:
    if not shapes:
        msg = f"{path}: found a TIFF without a page; wanted a picture."
        raise FormatError(msg)
    if len(set(shapes)) > 1:
        msg = f"{path}: found pages of the shapes {sorted(set(shapes))}; wanted slices of one size."
        raise FormatError(msg)


def _page_pixels(page: Any) -> npt.NDArray[Any]:  # tifffile's pages are of two kinds
    import tifffile

    pixels: npt.NDArray[Any] = page.asarray()
    planar = pixels.ndim == 3 and page.keyframe.planarconfig == tifffile.PLANARCONFIG.SEPARATE
    return _without_bools(np.moveaxis(pixels, 0, -1) if planar else pixels)


def _without_bools(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return pixels.astype(np.uint8) if pixels.dtype == np.bool_ else pixels


def _channels(slices: list[npt.NDArray[Any]], path: Path, joins_grey: bool = True) -> list[npt.NDArray[Any]]:
    """Split slices of one size, (y, x[, channels]), into (z, y, x) channels without transparency."""
    first = slices[0]
    if first.dtype.kind not in "iuf" or first.ndim not in {2, 3} or not first.size:
        found = f"{first.dtype} pixels of shape {first.shape}"
        msg = f"{path}: found {found}; wanted grey or RGB numbers."
        raise FormatError(msg)
    pixels = np.stack(slices)
    if pixels.ndim == 3:
        return [pixels]
    count = pixels.shape[3]
    if count > _COLOURS + 1:
        msg = f"{path}: found {count} channels; wanted grey, RGB or RGBA."
        raise FormatError(msg)
    if count < _COLOURS:
        return [pixels[..., 0]]
    red, green, blue = (pixels[..., index] for index in range(_COLOURS))
    if joins_grey and np.array_equal(red, green) and np.array_equal(red, blue):
        return [red]
    return [red, green, blue]
