"""Whether a NIfTI file holds more than an image and its geometry."""

from pathlib import Path

import numpy as np

from napari_medal.io.content import read_content
from napari_medal.io.gzip_header import GzipHeader
from napari_medal.io.nifti_file import NiftiFile

_NOT_TEXT = ("magic", "regular")
"""Fields of letters that say nothing: what kind of file it is, and a leftover of Analyze 7.5 that is always "r"."""


def is_bare_nifti(path: Path) -> bool:
    """Tell whether a NIfTI file has no free text, no extension, nothing behind its voxels, and no foreign gzip name.

    Raises:
        FormatError: It is damaged, or no NIfTI file.
    """
    nifti = NiftiFile.read_header(path)
    if any(bytes(nifti.fields[name]).strip(b"\0 ") for name in _text_fields(nifti)):
        return False
    size = int(nifti.fields["sizeof_hdr"])
    is_pair = path.suffix.lower() in {".hdr", ".img"}
    header = path.with_suffix(".hdr") if is_pair else path
    flags = read_content(header, size + 4)[size:]
    first = 0 if is_pair else size + 4
    if any(flags) or int(nifti.fields["vox_offset"]) not in {0, first}:
        return False
    if is_pair and header.stat().st_size > size + 4:
        return False
    wanted = first + int(np.prod(nifti.shape, dtype=object)) * nifti.dtype.itemsize
    return _is_all(path.with_suffix(".img") if is_pair else path, wanted)


def _text_fields(nifti: NiftiFile) -> list[str]:
    kinds = nifti.fields.dtype
    return [name for name in kinds.names or () if kinds[name].kind == "S" and name not in _NOT_TEXT]


def _is_all(path: Path, wanted: int) -> bool:
    """Tell whether a file unpacks to `wanted` bytes (modulo 2^32), and whether its gzip header says nothing else."""
    packing = GzipHeader.read(path)
    if packing is None:
        return path.stat().st_size == wanted
    with path.open("rb") as stream:
        stream.seek(-4, 2)
        length = int.from_bytes(stream.read(4), "little")
    own = path.name.removesuffix(".gz").encode("latin-1", errors="replace").decode("latin-1")
    return length == wanted % 2**32 and not packing.comment and not packing.extra and packing.name in {"", own}
