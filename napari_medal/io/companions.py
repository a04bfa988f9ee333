"""The data files that belong to a detached header."""

import re
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from napari_medal.errors import FormatError

_PAIRS = {".hdr": ".img", ".img": ".hdr"}
_HEAD_BYTES = 1 << 20
_METAIMAGE = re.compile(rb"ElementDataFile[ \t]*[=:](?P<value>[^\r\n]*)", re.IGNORECASE)
_NRRD = re.compile(rb"data ?file[ \t]*:(?!=)(?P<value>[^\r\n]*)", re.IGNORECASE)
_NAMED_IN_HEADER = {".mhd": _METAIMAGE, ".mha": _METAIMAGE, ".nhdr": _NRRD, ".nrrd": _NRRD}
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LIST = re.compile(r"LIST\b", re.IGNORECASE)
_MANY = re.compile(r"^(?P<pattern>\S*%\S*)(\s+-?\d+)+\s*$")


def companions(path: Path) -> tuple[Path, ...]:
    """Return the files beside `path` without which it cannot be read: the voxels of a detached header.

    Raises:
        FormatError: The header names a file outside its own folder, be it by a link.
    """
    ending = path.suffix.lower()
    if ending in _PAIRS:
        other = path.with_suffix(_PAIRS[ending])
        return (other,) if other.exists() else ()
    return tuple(_within(path, name) for name in _named(path, ending))


def _named(path: Path, ending: str) -> Sequence[str]:
    """Return the names of the files that a header says the voxels are in, as it says them; none for itself."""
    pattern = _NAMED_IN_HEADER.get(ending)
    if pattern is None:
        return ()
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        msg = f"{path}: found a header that cannot be read ({error}); wanted an image."
        raise FormatError(msg) from error
    end = _HEADER_END.search(head) if pattern is _NRRD else None
    names: list[str] = []
    for match in pattern.finditer(head, 0, end.start() if end else len(head)):
        value = _text(match["value"]).strip()
        is_line = not head[head.rfind(b"\n", 0, match.start()) + 1 : match.start()].strip()
        if _LIST.match(value):
            names += [line.strip() for line in _text(head[match.end() :]).splitlines() if line.strip()]
        elif value.upper() != "LOCAL":
            many = _MANY.match(value)
            names.append(many["pattern"] if many else value)
        if is_line:  # what follows are voxels, or names of files
            break
    return names


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="surrogateescape")


def _within(path: Path, name: str) -> Path:
    """Return the file of that name in the folder of a header."""
    folder = path.parent
    is_outside = Path(name).is_absolute() or PureWindowsPath(name).drive or PureWindowsPath(name).root
    if is_outside or ".." in PureWindowsPath(name).parts or "\0" in name or not _lies_in(folder, folder / name):
        msg = f"{path}: found voxels in {name!r}, outside its folder; wanted them within."
        raise FormatError(msg)
    return folder / name


def _lies_in(folder: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a link that leads in a circle, or no name
        return False
