"""A canonical volume as a MetaImage or an NRRD file."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from napari_medal.atomic import write_atomic
from napari_medal.core.volume import Volume
from napari_medal.errors import FormatError

ENDINGS = (".nrrd", ".mha")
"""Of single files; those with a detached header would leave two."""


def write_itk(path: Path, volume: Volume) -> None:
    """Write a volume through ITK, compressed, with its geometry and nothing else.

    Raises:
        FormatError: `path` has another ending, or ITK cannot write it.
    """
    if not path.name.lower().endswith(ENDINGS):
        msg = f"{path}: found an ending that is not written; wanted {' or '.join(ENDINGS)}."
        raise FormatError(msg)
    write_atomic(path, partial(_write, _image(volume), path))


def _image(volume: Volume) -> Any:  # SimpleITK has no types
    import SimpleITK

    array, grid = volume.array, volume.grid
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    image: Any = SimpleITK.GetImageFromArray(array)
    image.SetSpacing(grid.spacing_mm[::-1])
    image.SetOrigin(grid.origin_mm)
    image.SetDirection(grid.direction[:, ::-1].ravel().tolist())
    return image


def _write(image: Any, path: Path, temporary: Path) -> None:
    import SimpleITK

    try:
        SimpleITK.WriteImage(image, str(temporary), useCompression=True)
    except RuntimeError as error:
        msg = f"{path}: ITK could not write it; wanted a folder with room, and a geometry that the format can hold."
        raise FormatError(msg) from error
