"""A NIfTI file without text, copied as it is."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from isal import isal_zlib

from napari_medal.atomic import write_atomic
from napari_medal.errors import FormatError
from napari_medal.io.convert import to_nifti
from napari_medal.io.gzip_header import GzipHeader
from napari_medal.io.nifti_file import NiftiFile, without_text
from napari_medal.io.read import VolumeFiles

_CHUNK = 1 << 18
_SILENT = GzipHeader()


def copy_image(files: VolumeFiles, source: Path, folder: Path, stem: str, check: Callable[[], None]) -> list[Path]:
    """Write an image into `folder` as `to_nifti` does; a file that holds nothing but voxels keeps its very bytes.

    Such a file is not packed again, which takes most of the time, but unpacked on the way, which tells whether it is
    whole. `check` is called every few milliseconds there.

    Raises:
        FormatError: The source is damaged or cannot be read.
    """
    target = folder / f"{stem}.nii.gz"
    length = _plain_length(source)
    if length is not None:
        try:
            write_atomic(target, partial(_copy_whole, source, length, check))
        except _SomethingElseError:
            pass  # damaged, which the reader says in words, or with something behind the voxels
        else:
            return [target]
    check()
    return to_nifti(files, source, folder, stem)


class _SomethingElseError(Exception):
    """The file does not end where its voxels end."""


def _plain_length(source: Path) -> int | None:
    """Return how many bytes a packed file of nothing but a header and voxels unpacks to; None for any other file."""
    if not source.name.lower().endswith(".nii.gz"):
        return None
    if GzipHeader.read(source) != _SILENT:
        return None
    try:
        nifti = NiftiFile.read_header(source)
        wanted = int(np.prod(nifti.shape, dtype=object)) * nifti.dtype.itemsize
    except FormatError:
        return None
    if nifti.fields.tobytes() != without_text(nifti.fields).tobytes():
        return None
    return int(nifti.fields["vox_offset"]) + wanted


def _copy_whole(source: Path, length: int, check: Callable[[], None], target: Path) -> None:
    unpacking = isal_zlib.decompressobj(31)
    unpacked = 0
    with source.open("rb") as packed, target.open("wb") as copy:
        while chunk := packed.read(_CHUNK):
            check()
            try:
                unpacked += len(unpacking.decompress(chunk))
            except isal_zlib.error as error:  # type: ignore[misc]  # the stub takes the class for an instance
                raise _SomethingElseError from error
            if unpacking.unused_data:
                raise _SomethingElseError
            copy.write(chunk)
    if not unpacking.eof or unpacked != length:
        raise _SomethingElseError
