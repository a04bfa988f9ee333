"""The numbers that DICOM objects hold, before they mean anything."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.errors import FormatError
from napari_medal.io.dicom.decoding import decode
from napari_medal.io.dicom.file_words import file_words
from napari_medal.io.dicom.frame import Frame
from napari_medal.io.dicom.pixel_form import PixelForm

_IMPLICIT = "1.2.840.10008.1.2"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_PLAIN = (_IMPLICIT, "1.2.840.10008.1.2.1", _BIG_ENDIAN)
_GREYS = ("MONOCHROME1", "MONOCHROME2")
_PIXEL_DATA = (0x7FE0, 0x0010)


def stored_pixels(frames: Sequence[Frame]) -> npt.NDArray[Any]:
    """Read pictures of one size as (picture, row, column) numbers, or (picture, row, column, 3) of colours.

    Plain pixels go straight from the file into the array; all others are decoded.

    Raises:
        FormatError: Pixels are missing, cut off, or stored in a way that cannot be read.
    """
    if not all(_is_plain(frame.pixels) for frame in frames):
        return _decoded(frames)
    form = frames[0].pixels
    for frame in frames:
        if max(frame.number, 1) * form.rows * form.columns * form.allocated // 8 > frame.header.path.stat().st_size:
            raise FormatError(_cut_off(frame))
    array = np.empty((len(frames), form.rows, form.columns), dtype=_dtype(form))
    for place, frame in zip(array, frames, strict=True):
        if not _read_plain(frame, place):
            return _decoded(frames)
    return array


def _is_plain(form: PixelForm) -> bool:
    whole = form.allocated in {8, 16, 32} and form.samples == 1
    return whole and form.photometric in _GREYS and form.transfer_syntax in _PLAIN


def _dtype(form: PixelForm) -> np.dtype[Any]:
    order = ">" if form.transfer_syntax == _BIG_ENDIAN else "<"
    return np.dtype(f"{order}{'i' if form.signed else 'u'}{form.allocated // 8}")


def _read_plain(frame: Frame, place: npt.NDArray[Any]) -> bool:
    """Fill a picture from the file; False where pixels are stored as fractions or in an unusual way."""
    form = frame.pixels
    if _dtype(form) != place.dtype:
        return False
    with frame.header.path.open("rb") as stream:
        stream.seek(form.offset)
        element = stream.read(12)
        big = form.transfer_syntax == _BIG_ENDIAN
        tag = struct.unpack(">HH" if big else "<HH", element[:4]) if len(element) == 12 else None
        if tag is None:
            raise FormatError(_cut_off(frame))
        if tag != _PIXEL_DATA:
            return False
        start = form.offset + (8 if form.transfer_syntax == _IMPLICIT else 12)
        stream.seek(start + max(frame.number - 1, 0) * place.nbytes)
        if stream.readinto(place.view(np.uint8).data) != place.nbytes:
            raise FormatError(_cut_off(frame))
    return True


def _decoded(frames: Sequence[Frame]) -> npt.NDArray[Any]:
    """Decode each object once, and take the wanted pictures from it."""
    held: dict[Path, npt.NDArray[Any]] = {}
    pictures = []
    for frame in frames:
        path = frame.header.path
        if path not in held:
            held = {path: decode(frame.header)}
        if frame.number > len(held[path]):
            raise FormatError(_cut_off(frame))
        pictures.append(held[path][max(frame.number - 1, 0)])
    if len({(picture.shape, picture.dtype) for picture in pictures}) > 1:
        header = frames[0].header
        msg = f"{file_words(header.path, header.person)}: found pixels of several kinds in its series; wanted one kind."
        raise FormatError(msg)
    return np.stack(pictures)


def _cut_off(frame: Frame) -> str:
    words = file_words(frame.header.path, frame.header.person)
    return f"{words}: found a cut-off file with too few pixels; wanted {frame.pixels.rows} x {frame.pixels.columns}."
