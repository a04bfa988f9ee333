"""Flat pictures: PNG, JPEG, TIFF and BMP."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.io.canonical import canonical_volume, file_grid
from napari_medal.io.content import describe_content, read_content

_TIFF_SUFFIXES = (".tif", ".tiff")
_COLOURS = 3


@dataclass(frozen=True)
class PictureReader:
    """Reads 2D pictures as one slice with pixels of 1 mm: grey as one channel, colours as three.

    Pictures carry no geometry that could be trusted; x grows to the right of the picture and y downwards.
    Transparency is left out, and colours that are grey in every pixel become one channel.
    """

    name: str = "picture"
    suffixes: tuple[str, ...] = (".png", ".jpg", ".jpeg", *_TIFF_SUFFIXES, ".bmp")

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one volume (1, y, x) for each channel.

        Raises:
            FormatError: The file is damaged, no picture, or has several pages.
        """
        head = read_content(path, 4096)
        is_tiff = path.name.lower().endswith(_TIFF_SUFFIXES)
        pixels = _tiff_pixels(path, head) if is_tiff else _pixels(path, head)
        affine = np.eye(4)[[2, 1, 0, 3]]
        grid = file_grid((1, pixels.shape[0], pixels.shape[1]), affine, path)
        return tuple(canonical_volume(channel[None], grid, path) for channel in _channels(pixels, path))


READER = PictureReader()


def _pixels(path: Path, head: bytes) -> npt.NDArray[Any]:
    """Return (y, x) or (y, x, channels) pixels of a PNG, JPEG or BMP file."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.mode in {"1", "L", "F", "I"} or image.mode.startswith("I;16"):
                return _without_bools(np.asarray(image))
            if image.mode in {"LA", "La"}:
                return np.asarray(image.convert("L"))
            return np.asarray(image.convert("RGB"))
    except UnidentifiedImageError as error:
        msg = f"{path}: found {describe_content(head)}; wanted a picture."
        raise FormatError(msg) from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow raises SyntaxError for a broken PNG
        msg = f"{path}: found a damaged picture ({error}); wanted a whole one."
        raise FormatError(msg) from error


def _tiff_pixels(path: Path, head: bytes) -> npt.NDArray[Any]:
    """Return (y, x) or (y, x, channels) pixels of a TIFF file of one page."""
    import tifffile

    try:
        with tifffile.TiffFile(path) as tiff:
            if len(tiff.pages) != 1:
                msg = f"{path}: found {len(tiff.pages)} pages; wanted a TIFF of one (split the stack first)."
                raise FormatError(msg)
            page = tiff.pages.first
            pixels = page.asarray()
            planar = pixels.ndim == 3 and page.planarconfig == tifffile.PLANARCONFIG.SEPARATE
    except tifffile.TiffFileError as error:
        msg = f"{path}: found {describe_content(head)}; wanted a TIFF picture."
        raise FormatError(msg) from error
    except (OSError, ValueError, IndexError, KeyError) as error:
        msg = f"{path}: found a damaged or unusual TIFF ({error}); wanted a whole picture."
        raise FormatError(msg) from error
    return _without_bools(np.moveaxis(pixels, 0, -1) if planar else pixels)


def _without_bools(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return pixels.astype(np.uint8) if pixels.dtype == np.bool_ else pixels


def _channels(pixels: npt.NDArray[Any], path: Path) -> list[npt.NDArray[Any]]:
    """Split (y, x[, channels]) pixels into (y, x) channels without transparency."""
    if pixels.dtype.kind not in "iuf" or pixels.ndim not in {2, 3}:
        found = f"{pixels.dtype} pixels of shape {pixels.shape}"
        msg = f"{path}: found {found}; wanted grey or RGB numbers."
        raise FormatError(msg)
    if pixels.ndim == 2:
        return [pixels]
    count = pixels.shape[2]
    if count > _COLOURS + 1:
        msg = f"{path}: found {count} channels; wanted grey, RGB or RGBA."
        raise FormatError(msg)
    if count < _COLOURS:
        return [pixels[..., 0]]
    red, green, blue = (pixels[..., index] for index in range(_COLOURS))
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return [red]
    return [red, green, blue]
