"""The bytes of a file, and what they look like when they are not what was wanted."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from isal import igzip_lib, isal_zlib

from napari_medal.errors import FormatError
from napari_medal.io.size_limit import require_room

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31
"""What makes zlib expect the header and the checksum of gzip."""
_SLACK = 2**20
"""Bytes behind what a header promises that are let pass."""


def read_content(path: Path, count: int = -1) -> bytes:
    """Return the first `count` bytes of a file (all by default), unpacked if they are gzip.

    Reading all of a gzip file also verifies its checksum.

    Raises:
        FormatError: The file is missing, empty, cut off, damaged, or larger than the memory of this computer.
    """
    most = count if count >= 0 else None
    content = _guarded(path, lambda: _head(path, most) if most is not None else _all(path, None))
    if not content:
        msg = f"{path}: found an empty file (0 bytes); wanted an image."
        raise FormatError(msg)
    return content


def read_promised(path: Path, promised: int) -> bytes:
    """Return all of a file whose header promises that many bytes; what lies behind them is cut off.

    Raises:
        FormatError: The file is missing, empty, cut off or damaged, unpacks to far more than it promises, or promises
            more than the memory of this computer.
    """
    require_room(path, promised)
    return _guarded(path, lambda: _all(path, promised))


def describe_content(content: bytes) -> str:
    """Say in a few words what bytes seem to be, without quoting them."""
    start = content[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if content[128:132] == b"DICM":
        return "a DICOM file"
    if all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in content[:512]):
        return "text"
    return "data of some other kind"


def _guarded(path: Path, read: Callable[[], bytes]) -> bytes:
    """Read, and turn what the disk and gzip complain of into one kind of error."""
    try:
        return read()
    except FileNotFoundError as error:
        msg = f"{path}: found no such file; wanted an image."
        raise FormatError(msg) from error
    except (OSError, EOFError, zlib.error, igzip_lib.IsalError) as error:  # type: ignore[misc]  # isal has no types
        msg = f"{path}: found a damaged or cut-off file ({error}); wanted a whole one."
        raise FormatError(msg) from error


def _head(path: Path, count: int) -> bytes:
    """Return the first bytes; Python's own gzip is as quick for few, and reads no more than it must."""
    with path.open("rb") as stream:
        packed = stream.read(2) == _GZIP
        stream.seek(0)
        if not packed:
            return stream.read(count)
        with gzip.open(stream) as unpacked:
            return unpacked.read(count)


def _all(path: Path, promised: int | None) -> bytes:
    """Return everything, or what was promised, whichever is less; memory is never asked for more than that."""
    with path.open("rb") as stream:
        if stream.read(2) != _GZIP:
            stream.seek(0)
            return stream.read() if promised is None else stream.read(promised)
        stream.seek(0)
        packed = stream.read()
    if promised is None:
        promised = int.from_bytes(packed[-4:], "little") + _SLACK
        require_room(path, promised)
    content = _unpacked(packed, promised + _SLACK, path)
    return content if len(content) <= promised else content[:promised]


def _unpacked(packed: bytes, most: int, path: Path) -> bytes:
    """Unpack every member of a gzip file.

    Raises:
        FormatError: It unpacks to more than `most` bytes.
        EOFError: It is cut off.
    """
    parts: list[bytes] = []
    left = most
    while packed:
        member = isal_zlib.decompressobj(_GZIP_WINDOW)
        parts.append(member.decompress(packed, left + 1))
        left -= len(parts[-1])
        if left < 0:
            msg = f"{path}: found a gzip file that unpacks to more than {most} bytes; wanted what its header promises."
            raise FormatError(msg)
        if not member.eof:
            msg = "the packed data end before their end"
            raise EOFError(msg)
        packed = member.unused_data.lstrip(b"\0")  # tapes and some writers fill up with zeros
    return parts[0] if len(parts) == 1 else b"".join(parts)
