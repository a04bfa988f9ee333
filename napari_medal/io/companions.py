"""The data files that belong to a detached header."""

import re
from pathlib import Path

_PAIRS = {".hdr": ".img", ".img": ".hdr"}
_NAMED_IN_HEADER = {
    ".mhd": re.compile(rb"^ElementDataFile\s*=\s*(?P<name>\S.*?)\s*$", re.MULTILINE),
    ".nhdr": re.compile(rb"^data ?file\s*:\s*(?P<name>\S.*?)\s*$", re.MULTILINE | re.IGNORECASE),
}
_INSIDE = {"LOCAL", "LIST"}


def companions(path: Path) -> tuple[Path, ...]:
    """Return the files beside `path` without which it cannot be read: the voxels of a detached header."""
    ending = path.suffix.lower()
    if ending in _PAIRS:
        other = path.with_suffix(_PAIRS[ending])
        return (other,) if other.exists() else ()
    pattern = _NAMED_IN_HEADER.get(ending)
    if pattern is None:
        return ()
    match = pattern.search(path.read_bytes())
    if match is None:
        return ()
    name = match["name"].decode("utf-8", errors="replace")
    if name.upper() in _INSIDE or Path(name).name != name:
        return ()
    return (path.parent / name,)
