"""What a gzip file says before its data."""

from dataclasses import dataclass
from pathlib import Path

_MAGIC = b"\x1f\x8b\x08"
_EXTRA, _NAME, _COMMENT = 4, 8, 16
_FIXED = 10
_MOST = 2**17
"""Longest header that is looked through: 64 KiB of extra fields, and as much of words."""


@dataclass(frozen=True)
class GzipHeader:
    """The free parts of a gzip header (RFC 1952, section 2.3), any of which may tell whom a file is of.

    Args:
        name: The file's name when it was packed; "" for none.
        comment: A comment; "" for none.
        extra: Extra fields.
        packed_at: When the file was changed last, in seconds since 1970; 0 for not said.
    """

    name: str = ""
    comment: str = ""
    extra: bytes = b""
    packed_at: int = 0

    @classmethod
    def read(cls, path: Path) -> "GzipHeader | None":
        """Read the header of a file; None where the file is not gzip."""
        with path.open("rb") as stream:
            return cls.of(stream.read(_MOST))

    @classmethod
    def of(cls, start: bytes) -> "GzipHeader | None":
        """Take the first bytes of a file apart; None where they are not gzip. What is cut off ends with the bytes."""
        if len(start) < _FIXED or not start.startswith(_MAGIC):
            return None
        flags, rest, extra = start[3], start[_FIXED:], b""
        if flags & _EXTRA:
            end = 2 + int.from_bytes(rest[:2], "little")
            extra, rest = rest[2:end], rest[end:]
        words = {}
        for flag in (_NAME, _COMMENT):
            if flags & flag:
                word, _, rest = rest.partition(b"\0")
                words[flag] = word.decode("latin-1")
        packed_at = int.from_bytes(start[4:8], "little")
        return cls(words.get(_NAME, ""), words.get(_COMMENT, ""), extra, packed_at)
