"""What DICOM files begin with."""

from pathlib import Path

_PREAMBLE = 128
_MARK = b"DICM"
_GROUPS = (b"\x02\x00", b"\x08\x00")
"""What the first tag of a file may begin with that was stored without a preamble."""
_FIRST_VALUES = (b"UL", b"OB", b"UI", b"CS", b"DA", b"SH")
_LONGEST = 64


def is_dicom(path: Path) -> bool:
    """Tell whether a file begins as DICOM files do, whatever its name; False where it cannot be opened."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_PREAMBLE + len(_MARK))
    except OSError:
        return False
    return start[_PREAMBLE:] == _MARK or (len(start) > _PREAMBLE and _begins_bare(start))


def _begins_bare(start: bytes) -> bool:
    """Tell whether bytes begin with an element of the first groups: its kind, or a length that is plausible."""
    length = int.from_bytes(start[4:8], "little")
    return start[:2] in _GROUPS and (start[4:6] in _FIRST_VALUES or length <= _LONGEST)
