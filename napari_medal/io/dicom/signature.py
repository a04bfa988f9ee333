"""What DICOM files begin with."""

from pathlib import Path

_PREAMBLE = 128
_MARK = b"DICM"
_FIRST_GROUPS = (
    b"\x02\x00\x00\x00",
    b"\x02\x00\x01\x00",
    b"\x08\x00\x00\x00",
    b"\x08\x00\x05\x00",
    b"\x08\x00\x08\x00",
)
"""The tags that files begin with which were stored without a preamble."""


def is_dicom(path: Path) -> bool:
    """Tell whether a file begins as DICOM files do, whatever its name; False where it cannot be opened."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_PREAMBLE + len(_MARK))
    except OSError:
        return False
    return start[_PREAMBLE:] == _MARK or (len(start) > _PREAMBLE and start[:4] in _FIRST_GROUPS)
