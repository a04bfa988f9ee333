"""The bytes of a file, and what they look like when they are not what was wanted."""

import gzip
import zlib
from pathlib import Path

from napari_medal.errors import FormatError

_GZIP = b"\x1f\x8b"


def read_content(path: Path, count: int = -1) -> bytes:
    """Return the first `count` bytes of a file (all by default), unpacked if they are gzip.

    Reading all of a gzip file also verifies its checksum.

    Raises:
        FormatError: The file is missing, empty, cut off or damaged.
    """
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == _GZIP
            stream.seek(0)
            if packed:
                with gzip.open(stream) as unpacked:
                    content = unpacked.read(count)
            else:
                content = stream.read(count)
    except FileNotFoundError as error:
        msg = f"{path}: found no such file; wanted an image."
        raise FormatError(msg) from error
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{path}: found a damaged or cut-off file ({error}); wanted a whole one."
        raise FormatError(msg) from error
    if not content:
        msg = f"{path}: found an empty file (0 bytes); wanted an image."
        raise FormatError(msg)
    return content


def describe_content(content: bytes) -> str:
    """Say in a few words what bytes seem to be, without quoting them."""
    start = content[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if content[128:132] == b"DICM":
        return "a DICOM file"
    if all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in content[:512]):
        return "text"
    return f"{len(content)} bytes of some other kind"
