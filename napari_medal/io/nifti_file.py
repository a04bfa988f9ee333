"""A NIfTI file as its header and its stored voxels, byte for byte."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from isal import isal_zlib
from nibabel import nifti1, nifti2

from napari_medal.atomic import write_atomic
from napari_medal.errors import FormatError
from napari_medal.io.content import describe_content, read_content, read_promised

HeaderFields = npt.NDArray[np.void]
"""The header as a 0-dimensional structured array in the file's own byte order."""

_LAYOUTS = {348: nifti1.header_dtype, 540: nifti2.header_dtype}
_VERSIONS = {348: 1, 540: 2}
_SINGLE, _PAIR = b"n+", b"ni"
_GZIP_WINDOW = 31
"""What makes zlib write the header and the checksum of gzip; isal puts neither a time nor a name into it."""
_LEVEL = 2
_PIECE = 2**24
_NUMBERS = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}
_OTHERS = {
    1: "single bits",
    32: "complex numbers",
    128: "RGB colours",
    1536: "128-bit floats",
    1792: "complex numbers",
    2048: "complex numbers",
    2304: "RGBA colours",
}


@dataclass(frozen=True, eq=False)
class NiftiFile:
    """A NIfTI-1 or NIfTI-2 file, single (.nii, .nii.gz) or a pair (.hdr and .img).

    Args:
        path: Where it was read from.
        fields: Its header.
        content: The unpacked bytes of the file that holds the voxels; empty when only the header was read.
    """

    path: Path
    fields: HeaderFields
    content: bytes

    @classmethod
    def read(cls, path: Path) -> "NiftiFile":
        """Read header and voxels.

        Raises:
            FormatError: The file is damaged, or no NIfTI file.
        """
        head = cls.read_header(path)
        voxels = path.with_suffix(".img") if _is_pair(path) else path
        return cls(path, head.fields, read_promised(voxels, head.first_byte + head.voxel_count_bytes))

    @classmethod
    def read_header(cls, path: Path) -> "NiftiFile":
        """Read the header alone.

        Raises:
            FormatError: The file is damaged, or no NIfTI file.
        """
        header = path.with_suffix(".hdr") if _is_pair(path) else path
        return cls(path, _parse(read_content(header, 540), header), b"")

    @property
    def shape(self) -> tuple[int, ...]:
        """Stored shape, in NIfTI axis order, with its trailing axes of length one.

        Raises:
            FormatError: The header's dimensions are impossible.
        """
        dim = [int(n) for n in self.fields["dim"]]
        shape = tuple(dim[1 : dim[0] + 1])
        if not 1 <= dim[0] <= 7 or min(shape) < 1:
            msg = f"{self.path}: found the dimensions {dim}; wanted one to seven axes of at least one voxel."
            raise FormatError(msg)
        return shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the stored numbers, in the file's byte order.

        Raises:
            FormatError: They are not plain real numbers.
        """
        code = int(self.fields["datatype"])
        if code not in _NUMBERS:
            found = _OTHERS.get(code, f"the unknown data type {code}")
            msg = f"{self.path}: found {found}; wanted one real number in each voxel."
            raise FormatError(msg)
        return np.dtype(_NUMBERS[code]).newbyteorder(byte_order(self.fields))

    @property
    def first_byte(self) -> int:
        """Where the voxels begin in the file that holds them.

        Raises:
            FormatError: The header says something impossible.
        """
        said = float(self.fields["vox_offset"])
        first = int(said) if np.isfinite(said) else -1
        if first < 0:
            msg = f"{self.path}: found voxels that begin at byte {said}; wanted a place in the file."
            raise FormatError(msg)
        return first if _is_pair(self.path) else max(first, int(self.fields["sizeof_hdr"]) + 4)

    @property
    def voxel_count_bytes(self) -> int:
        """How many bytes all voxels take, as the header says.

        Raises:
            FormatError: The header's dimensions are impossible, or its numbers are no plain real ones.
        """
        bits = int(self.fields["bitpix"]) if int(self.fields["datatype"]) in _OTHERS else 8 * self.dtype.itemsize
        return -(-math.prod(self.shape) * bits // 8)

    def voxels(self) -> npt.NDArray[Any]:
        """Return the stored numbers, without the header's scaling, in the stored shape (a read-only view).

        Raises:
            FormatError: They are not plain real numbers, or fewer than the header promises.
        """
        shape, dtype = self.shape, self.dtype
        return np.frombuffer(self.voxel_bytes(), dtype).reshape(shape, order="F")

    def voxel_bytes(self) -> memoryview:
        """Return the stored bytes of all voxels.

        Raises:
            FormatError: There are fewer than the header promises.
        """
        first, wanted = self.first_byte, self.voxel_count_bytes
        found = memoryview(self.content)[first : first + wanted]
        if len(found) < wanted:
            msg = f"{self.path}: found {len(found)} bytes of voxels; wanted {wanted} for shape {self.shape}."
            raise FormatError(msg)
        return found


def byte_order(fields: HeaderFields) -> Literal["<", ">"]:
    """Return "<" or ">": the byte order that a header is stored in."""
    sizeof = fields.dtype["sizeof_hdr"]
    return "<" if sizeof == np.dtype("<i4") else ">"


def without_text(fields: HeaderFields) -> HeaderFields:
    """Return a copy of a header for a single file without free text and without extensions.

    Free text (descrip, aux_file, db_name, intent_name and the leftovers of Analyze 7.5) may name the patient.
    """
    clean = fields.copy()
    for name in fields.dtype.names or ():
        if fields.dtype[name].kind == "S":
            clean[name] = b""
    sizeof = int(fields["sizeof_hdr"])
    clean["magic"] = _SINGLE + str(_VERSIONS[sizeof]).encode()
    clean["vox_offset"] = sizeof + 4
    return clean


def write_nifti(path: Path, fields: HeaderFields, voxels: "bytes | memoryview") -> None:
    """Write a single NIfTI file atomically; equal input gives equal bytes, packed (.nii.gz) or not (.nii).

    Raises:
        FormatError: The name has another ending.
    """
    name = path.name.lower()
    if not name.endswith((".nii", ".nii.gz")):
        msg = f"{path}: found an ending that is not written; wanted .nii.gz or .nii."
        raise FormatError(msg)
    no_extensions = bytes(4)
    parts = (fields.tobytes(), no_extensions, voxels)
    write_atomic(path, _packed(parts) if name.endswith(".gz") else _plain(parts))


def _plain(parts: "tuple[bytes | memoryview, ...]") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as stream:
            stream.writelines(parts)

    return write


def _packed(parts: "tuple[bytes | memoryview, ...]") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        packer = isal_zlib.compressobj(level=_LEVEL, wbits=_GZIP_WINDOW)
        with path.open("wb") as stream:
            for part in parts:
                view = memoryview(part)
                for start in range(0, len(view), _PIECE):
                    stream.write(packer.compress(view[start : start + _PIECE]))
            stream.write(packer.flush())

    return write


def _is_pair(path: Path) -> bool:
    return path.suffix.lower() in {".hdr", ".img"}


def _parse(content: bytes, path: Path) -> HeaderFields:
    orders: tuple[Literal["<", ">"], ...] = ("<", ">")
    for order in orders:
        size = int(np.frombuffer(content[:4].ljust(4, b"\0"), f"{order}i4")[0])
        if size not in _LAYOUTS or len(content) < size:
            continue
        fields = np.frombuffer(content[:size], _LAYOUTS[size].newbyteorder(order)).reshape(()).copy()
        if bytes(fields["magic"])[:3] in {kind + str(_VERSIONS[size]).encode() for kind in (_SINGLE, _PAIR)}:
            return fields
        msg = f"{path}: found an Analyze 7.5 header, which cannot tell left from right; wanted NIfTI."
        raise FormatError(msg)
    msg = f"{path}: found {describe_content(content)}; wanted a NIfTI-1 or NIfTI-2 header."
    raise FormatError(msg)
