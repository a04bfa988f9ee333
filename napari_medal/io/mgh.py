"""FreeSurfer's images: MGH and MGZ."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from napari_medal.core.found_case import FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.reader import CloseLook
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError
from napari_medal.io.canonical import canonical_volume, file_grid
from napari_medal.io.close_look import close_look, require_volume
from napari_medal.io.content import describe_content, read_content

_LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_VERSION = (1).to_bytes(4, "big")
_HEADER_BYTES = 284
_NUMBER_BYTES = {0: 1, 1: 4, 3: 4, 4: 2}
"""By MGH's code of a type; another one is refused by nibabel."""


@dataclass(frozen=True)
class MghReader:
    """Reads .mgz and .mgh images of one volume, or one volume (frame) of several."""

    name: str = "mgh"
    suffixes: tuple[str, ...] = (".mgz", ".mgh")

    def read(self, path: Path) -> tuple[Volume, ...]:
        """Read one volume.

        Raises:
            FormatError: The file is damaged, holds several volumes, or values that are not finite.
        """
        array, grid = _load(path, None)
        return (canonical_volume(array, grid, path),)

    def look(self, image: FoundImage, repair: bool) -> CloseLook:
        """Read one volume, of a file of several the one that is named, and say what is odd about it.

        Raises:
            FormatError: The file is damaged, or holds several volumes of which none was named.
        """
        path = image.files[0]
        if len(image.files) != 1:
            msg = f"{path}: found {len(image.files)} files; wanted one MGH file for an image."
            raise FormatError(msg)
        array, grid = _load(path, image.volume)
        return close_look(path, [array], grid, (), repair)


READER = MghReader()


def _load(path: Path, volume: int | None) -> tuple[np.ndarray[Any, Any], Grid]:
    """Return the (x, y, z) array of a volume and its LPS grid."""
    from nibabel.freesurfer.mghformat import MGHError, MGHImage
    from nibabel.spatialimages import HeaderDataError

    head = read_content(path, _HEADER_BYTES)
    if not head.startswith(_VERSION) or len(head) < _HEADER_BYTES:
        msg = f"{path}: found {describe_content(head)}; wanted an MGH header."
        raise FormatError(msg)
    try:
        content = read_content(path)
        _require_whole(content, path)
        with np.errstate(all="ignore"):  # a grid of numbers that are none is refused below
            image: Any = MGHImage.from_bytes(content)
            stored = np.asarray(image.dataobj)
            affine = _LPS_FROM_RAS @ np.asarray(image.affine, dtype=np.float64)
    except (MGHError, HeaderDataError, ValueError, OSError, KeyError) as error:
        msg = f"{path}: found a damaged MGH file ({error}); wanted a whole one."
        raise FormatError(msg) from error
    x, y, z = (*stored.shape, 1, 1)[:3]
    frames = stored.reshape(x, y, z, -1)
    chosen = require_volume(path, frames.shape[-1], volume)
    grid = file_grid((x, y, z), affine, path)
    return frames[..., chosen], grid


def _require_whole(content: bytes, path: Path) -> None:
    """Check that there are as many voxels as a header promises, before memory is asked for them.

    Raises:
        FormatError: There are fewer.
    """
    _, *sizes, code = (int(number) for number in np.frombuffer(content[:24], ">i4"))
    wanted = math.prod(sizes) * _NUMBER_BYTES.get(code, 1)
    if min(sizes) < 1 or wanted > len(content) - _HEADER_BYTES:
        msg = f"{path}: found {len(content) - _HEADER_BYTES} bytes of voxels; wanted those of the shape {tuple(sizes)}."
        raise FormatError(msg)
