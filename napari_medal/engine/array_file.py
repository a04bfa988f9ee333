"""Arrays in a file, read a part at a time."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.atomic import write_atomic
from napari_medal.errors import FormatError

Arrays = Mapping[str, npt.NDArray[Any]]

_LOCAL_HEADER = 30
_PIECE = 2**22


@dataclass(frozen=True)
class ArrayFile:
    """An uncompressed .npz whose arrays are mapped into memory instead of being read.

    Args:
        path: Where it lies, or will.
    """

    path: Path

    def write(self, arrays: Arrays) -> None:
        """Write the arrays by name, atomically."""
        write_atomic(self.path, lambda temporary: np.savez(temporary, **arrays))  # type: ignore[arg-type]

    def mapped(self, checked: bool = True) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays by name, read-only.

        Args:
            checked: Whether every byte is checked against its sum, which takes as long as reading it.

        Raises:
            FormatError: The file is not whole.
        """
        found: dict[str, npt.NDArray[Any]] = {}
        try:
            with zipfile.ZipFile(self.path) as archive, self.path.open("rb") as stream:
                for member in archive.infolist():
                    if checked:
                        _check(archive, member)
                    stream.seek(member.header_offset)
                    header = stream.read(_LOCAL_HEADER)
                    name, extra = int.from_bytes(header[26:28], "little"), int.from_bytes(header[28:30], "little")
                    stream.seek(member.header_offset + _LOCAL_HEADER + name + extra)
                    np.lib.format.read_magic(stream)
                    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
                    found[member.filename.removesuffix(".npy")] = self._map(shape, dtype, stream.tell())
        except (zipfile.BadZipFile, ValueError, EOFError) as error:
            msg = f"{self.path}: found a damaged file ({error}); wanted one that was written whole."
            raise FormatError(msg) from error
        return found

    def _map(self, shape: tuple[int, ...], dtype: np.dtype[Any], offset: int) -> npt.NDArray[Any]:
        if 0 in shape:  # nothing can be mapped
            return np.empty(shape, dtype)
        return np.memmap(self.path, dtype=dtype, mode="r", offset=offset, shape=shape)


def _check(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read all of a member, which checks its sum."""
    with archive.open(member) as content:
        while content.read(_PIECE):
            pass
