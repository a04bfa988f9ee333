"""Whether a MetaImage or an NRRD file holds more than an image and its geometry."""

import re
from pathlib import Path

from napari_medal.io.companions import companions
from napari_medal.io.content import read_content

_META_KEYS = frozenset(
    {
        *("ObjectType", "ObjectSubType", "NDims", "BinaryData", "BinaryDataByteOrderMSB", "ElementByteOrderMSB"),
        *("CompressedData", "CompressedDataSize", "CompressionLevel", "TransformMatrix", "Rotation", "Orientation"),
        *("Offset", "Position", "Origin", "CenterOfRotation", "AnatomicalOrientation", "ElementSpacing"),
        *("ElementSize", "ElementMin", "ElementMax", "ElementNumberOfChannels", "DimSize", "HeaderSize"),
        *("ElementType", "ElementDataFile"),
    }
)
_NRRD_KEYS = frozenset(
    {
        *("dimension", "type", "sizes", "encoding", "endian", "spacings", "thicknesses", "axis mins", "axis maxs"),
        *("centers", "centerings", "kinds", "space", "space dimension", "space units", "space origin"),
        *("space directions", "measurement frame", "data file", "datafile", "min", "max", "old min", "old max"),
        *("line skip", "byte skip", "block size", "units"),
    }
)
_NRRD_PREAMBLE = (b"# Complete NRRD file format specification at:", b"# http")
_HEAD_BYTES = 1 << 20


def is_bare_itk(path: Path) -> bool:
    """Tell whether the header has no comment and no key beyond those of the format, and voxels that it can move with.

    Raises:
        FormatError: The file is damaged, or its voxels lie in another folder.
    """
    if not all(file.parent == path.parent and file.is_file() for file in companions(path)):
        return False
    head = read_content(path, _HEAD_BYTES)
    return _is_bare_meta(head) if path.suffix.lower() in {".mha", ".mhd"} else _is_bare_nrrd(head)


def _is_bare_meta(head: bytes) -> bool:
    match = re.search(rb"^ElementDataFile[^\n]*\n?", head, re.MULTILINE)
    if match is None:
        return False
    lines = head[: match.end()].splitlines()
    return all(line.partition(b"=")[0].strip().decode("latin-1") in _META_KEYS for line in lines if line.strip())


def _is_bare_nrrd(head: bytes) -> bool:
    match = re.search(rb"\r?\n\r?\n", head)
    lines = head[: match.start() if match else len(head)].splitlines()[1:]
    return all(_is_geometry(line) for line in lines)


def _is_geometry(line: bytes) -> bool:
    if line.startswith(b"#"):
        return line.startswith(_NRRD_PREAMBLE)
    key, separator, _ = line.partition(b": ")
    return bool(separator) and b":=" not in line and key.decode("latin-1").strip().lower() in _NRRD_KEYS
