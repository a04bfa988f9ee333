"""Whether a picture file holds more than pixels."""

import struct
from pathlib import Path

from napari_medal.errors import FormatError

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD", b"hIST"}
)
_JPEG_SEGMENTS = frozenset({0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE} | set(range(0xC0, 0xC4)) | {0xC9, 0xCA})
"""Tables, frames, scans, and the markers of JFIF and Adobe; all others may hold text."""
_ADOBE, _JFIF = 0xEE, 0xE0
_LONGEST_ADOBE, _LONGEST_JFIF = 16, 18
_TIFF_TAGS = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 286, 287, 296, 297}
    | {317, 318, 319, 320, 322, 323, 324, 325, 338, 339, 340, 341, 347, 512, 513, 514, 529, 530, 531, 532}
)
"""Layout, resolution, compression and colours; no tag that holds text or a block of other data."""


def is_bare_picture(path: Path) -> bool:
    """Tell whether a file holds one picture, and neither text, EXIF, a second page, nor bytes after its end.

    One that is damaged, though its pixels can be read, may hold anything.

    Raises:
        FormatError: It cannot be read.
    """
    try:
        content = path.read_bytes()
        name = path.name.lower()
        if name.endswith((".tif", ".tiff")):
            return _is_bare_tiff(path)
        if content.startswith(_PNG_START):
            return _is_bare_png(content)
        if content.startswith(b"\xff\xd8"):
            return _is_bare_jpeg(content)
        size = int(struct.unpack_from("<I", content, 2)[0])
        return content[:2] == b"BM" and size == len(content)
    except OSError as error:
        msg = f"{path}: found a damaged picture ({error}); wanted a whole one."
        raise FormatError(msg) from error
    except Exception:  # noqa: BLE001 - damaged tags make tifffile raise almost anything
        return False


def _is_bare_png(content: bytes) -> bool:
    place = len(_PNG_START)
    while place < len(content):
        kind = content[place + 4 : place + 8]
        if kind not in _PNG_CHUNKS:
            return False
        place += 12 + int.from_bytes(content[place : place + 4], "big")
        if kind == b"IEND":
            return place == len(content)
    return False


def _is_bare_jpeg(content: bytes) -> bool:
    place = 2
    while place + 1 < len(content):
        if content[place] != 0xFF:  # within a scan
            place = content.find(b"\xff", place)
            if place < 0:
                return False
            continue
        marker = content[place + 1]
        if marker == 0xD9:
            return place + 2 == len(content)
        if marker == 0 or marker == 0xFF or 0xD0 <= marker <= 0xD7:  # a pixel, filling, or a restart
            place += 1 if marker == 0xFF else 2
            continue
        length = struct.unpack_from(">H", content, place + 2)[0]
        if marker not in _JPEG_SEGMENTS or length > {_JFIF: _LONGEST_JFIF, _ADOBE: _LONGEST_ADOBE}.get(marker, length):
            return False
        place += 2 + length
    return False


def _is_bare_tiff(path: Path) -> bool:
    import tifffile

    with tifffile.TiffFile(path) as tiff:
        if len(tiff.pages) != 1:
            return False
        return all(tag.code in _TIFF_TAGS for tag in tiff.pages.first.tags)
