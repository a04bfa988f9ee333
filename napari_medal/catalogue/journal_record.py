"""What a journal consists of: records, each with its length and checksums, one after the other."""

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

MAGIC = b"napari-medal journal 1\n"

_HEAD = struct.Struct("<BxxxId")
_CHECK = struct.Struct("<I")
_FOOT = struct.Struct("<IB3s")
_END = b"end"
_FRAME = _HEAD.size + _CHECK.size + _FOOT.size
_BLANK = b"\0\0"
"""A file whose end was never written, because the power went, reads as zeros there; no record ends like that."""


class Kind(IntEnum):
    """What a record tells."""

    BASE = 1
    """The mask that the strokes were drawn on."""
    STROKE = 2
    UNDO = 3
    REDO = 4
    ACCEPTING = 5
    """The mask as it is here is on its way to become a revision."""
    ACCEPTED = 6
    """It became the revision in the body."""
    LEFT = 7
    """The reader left the case."""
    REPLACED = 8
    """Another mask was put in place of the drawn one."""
    REFUSED = 10
    """The mask that was on its way became no revision."""
    STANDING = 9
    """Where the reader stands, after older records were folded into the base."""

    @property
    def is_change(self) -> bool:
        """Whether it changes the mask."""
        return self in (Kind.STROKE, Kind.UNDO, Kind.REDO, Kind.REPLACED)


@dataclass(frozen=True)
class Record:
    """One entry of a journal; `seconds` is the reading time so far."""

    kind: Kind
    seconds: float = 0.0
    body: bytes = b""


@dataclass(frozen=True)
class Scan:
    """What a journal's bytes hold.

    Args:
        records: The whole ones, up to the first that is not.
        end: Where the last whole record ends.
        damage: What is wrong behind it; "" where nothing is, or where the last record was cut off while it was written.
    """

    records: tuple[Record, ...]
    end: int
    damage: str = ""


class _Cut(Exception):  # noqa: N818 - no error: how a record ends that was being written
    """The bytes end before the record does."""


def frame(record: Record) -> bytes:
    """Return a record as it stands in the file."""
    head = _HEAD.pack(record.kind, len(record.body), record.seconds)
    check = _CHECK.pack(zlib.crc32(head))
    return head + check + record.body + _FOOT.pack(zlib.crc32(record.body), record.kind, _END)


def scan(content: bytes) -> Scan:
    """Read records until the bytes end or fail."""
    if not content.startswith(MAGIC):
        return Scan((), 0, "it does not begin like a journal")
    records: list[Record] = []
    end = len(MAGIC)
    while end < len(content):
        try:
            record = _read(content, end)
        except _Cut:
            return Scan(tuple(records), end)
        except ValueError as error:
            is_blank = content.endswith(_BLANK)
            return Scan(tuple(records), end, "" if is_blank else f"{error} at byte {end}")
        records.append(record)
        end += _FRAME + len(record.body)
    return Scan(tuple(records), end)


def last_kind(tail: bytes) -> Kind | None:
    """Return the kind of the last record by the last bytes of a file; None where it is not whole."""
    if len(tail) < _FOOT.size:
        return None
    _, kind, end = _FOOT.unpack(tail[-_FOOT.size :])
    return Kind(kind) if end == _END and kind in set(Kind) else None


TAIL = _FOOT.size
"""How many bytes `last_kind` needs."""


def _read(content: bytes, begin: int) -> Record:
    """Return the record that begins there.

    Raises:
        ValueError: It is damaged.
    """
    body = begin + _HEAD.size + _CHECK.size
    if len(content) < body:
        raise _Cut
    head = content[begin : begin + _HEAD.size]
    kind, length, seconds = _HEAD.unpack(head)
    if _CHECK.unpack(content[begin + _HEAD.size : body])[0] != zlib.crc32(head):
        msg = "the head of a record is damaged"
        raise ValueError(msg)
    if len(content) < body + length + _FOOT.size:
        raise _Cut
    found = content[body : body + length]
    check, again, end = _FOOT.unpack_from(content, body + length)
    if check != zlib.crc32(found) or again != kind or end != _END or kind not in set(Kind):
        msg = "a record is damaged"
        raise ValueError(msg)
    return Record(Kind(kind), seconds, found)
