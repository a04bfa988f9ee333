import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.io.gzip_header import GzipHeader

WORDS = st.text(st.characters(min_codepoint=1, max_codepoint=255), min_size=1, max_size=40)


def packed(name: str = "", comment: str = "", extra: bytes = b"", packed_at: int = 0) -> bytes:
    """Lay a header out as RFC 1952 says."""
    flags = (4 if extra else 0) | (8 if name else 0) | (16 if comment else 0)
    start = b"\x1f\x8b\x08" + struct.pack("<BIBB", flags, packed_at, 0, 255)
    start += struct.pack("<H", len(extra)) + extra if extra else b""
    return start + b"".join(word.encode("latin-1") + b"\0" for word in (name, comment) if word) + b"data"


@given(
    name=WORDS | st.just(""), comment=WORDS | st.just(""), extra=st.binary(max_size=50), at=st.integers(0, 2**32 - 1)
)
def test_every_free_part_is_told(name: str, comment: str, extra: bytes, at: int) -> None:
    assert GzipHeader.of(packed(name, comment, extra, at)) == GzipHeader(name, comment, extra, at)


@given(st.binary(max_size=40))
def test_any_bytes_after_the_fixed_part_are_taken_apart(rest: bytes) -> None:
    for flags in range(32):
        assert GzipHeader.of(b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + rest) is not None


def test_names_that_gzip_itself_writes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.nii.gz"
    with path.open("wb") as stream, gzip.GzipFile("Meier.nii", "wb", fileobj=stream, mtime=7) as content:
        content.write(b"voxels")
    assert GzipHeader.read(path) == GzipHeader(name="Meier.nii", packed_at=7)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08", b"plain text, and long enough"])
def test_other_files_have_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scan.nii"
    path.write_bytes(content)
    assert GzipHeader.read(path) is None
