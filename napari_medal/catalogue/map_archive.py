"""Maps of a prediction in one file, unpacked one by one when they are wanted."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from napari_medal.catalogue.damage import ARCHIVE_DAMAGE
from napari_medal.core.shares import Bytes, Shares
from napari_medal.errors import ProjectError

_LEVEL = 1
"""Of zlib: twice as quick as its usual 6 on such maps, for a tenth more bytes."""
_PIECE = 1 << 24


class MapArchive:
    """The content of an .npz file of bytes, held as it lies on the disk: it may be deleted meanwhile.

    Args:
        path: The file.

    Raises:
        ProjectError: It is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._content = path.read_bytes()
            with self._opened() as archive:
                self._shapes = {name.removesuffix(".npy"): _shape(archive, name) for name in archive.namelist()}
        except ARCHIVE_DAMAGE as error:
            raise self._damage(error) from error

    def shares(self, name: str) -> Shares | None:
        """Return a map, not unpacked yet; None where there is none of that name."""
        shape = self._shapes.get(name)
        return None if shape is None else Shares(shape, lambda: self._unpacked(name))

    @staticmethod
    def write(path: Path, maps: Mapping[str, Shares]) -> None:
        """Write maps by name, so that `numpy.load` can read them too."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            for name, shares in maps.items():
                held = np.ascontiguousarray(shares.bytes)
                with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
                    npy.write_array_header_1_0(stream, npy.header_data_from_array_1_0(held))
                    flat = held.reshape(-1)
                    for start in range(0, flat.size, _PIECE):
                        stream.write(flat[start : start + _PIECE].data)

    def _unpacked(self, name: str) -> Bytes:
        """Unpack a map.

        Raises:
            ProjectError: It is damaged.
        """
        try:
            with self._opened() as archive, archive.open(f"{name}.npy") as stream:
                return np.asarray(npy.read_array(stream, allow_pickle=False), dtype=np.uint8)
        except ARCHIVE_DAMAGE as error:
            raise self._damage(error) from error

    def _opened(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self._content))

    def _damage(self, error: Exception) -> ProjectError:
        return ProjectError(f"{self._path} is damaged ({error}); predict again to replace it.")


def _shape(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    with archive.open(name) as stream:
        npy.read_magic(stream)
        shape: tuple[int, ...] = npy.read_array_header_1_0(stream)[0]
        return shape
