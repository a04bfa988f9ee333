"""Volumes on one grid as one NIfTI file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from napari_medal.core.volume import Volume, require_same_grid
from napari_medal.errors import FormatError
from napari_medal.io.nifti import header_for, stored_form
from napari_medal.io.nifti_file import HeaderFields, byte_order, without_text, write_nifti

_CODES = {"u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64, "i1": 256, "u2": 512, "u4": 768, "i8": 1024, "u8": 1280}
_SCALING = {"scl_slope": 1, "scl_inter": 0, "cal_min": 0, "cal_max": 0}
_INTENT = ("intent_code", "intent_p1", "intent_p2", "intent_p3")


def write_stack(path: Path, volumes: Sequence[Volume], image: Path | None = None) -> None:
    """Write canonical volumes as one NIfTI file, (x, y, z) or, if there are several, (x, y, z, channel).

    The values are kept bit for bit in the smallest type that holds all of them, and the file carries no free text.

    Args:
        path: Ends in .nii.gz or .nii.
        volumes: At least one; all on the same grid.
        image: A NIfTI file on that grid, whose axis order and header the new file takes over; by default the axes are
            stored as x, y, z of the canonical frame.

    Raises:
        FormatError: `image` is no NIfTI file, `path` has another ending, or the values are no plain numbers.
        GeometryError: The volumes, or the image, lie on different grids.
    """
    first = volumes[0]
    for volume in volumes[1:]:
        require_same_grid(first, f"{path.name}, channel 0", volume, f"{path.name}, a further channel")
    fields, turns = header_for(first.grid) if image is None else stored_form(image)
    require_same_grid(first, path.name, Volume(np.empty(turns.canonical.shape, np.uint8), turns.canonical), str(image))
    dtype = np.result_type(*(_number_type(volume.array.dtype, path) for volume in volumes))
    stored = [turns.to_source(volume.array).astype(dtype.newbyteorder(byte_order(fields))) for volume in volumes]
    header = _header(fields, turns.source.shape, len(volumes), dtype)
    write_nifti(path, header, b"".join(array.tobytes(order="F") for array in stored))


def _header(
    fields: HeaderFields, shape: tuple[int, int, int], channels: int, dtype: np.dtype[Any]
) -> "npt.NDArray[np.void]":
    header = without_text(fields)
    header["dim"] = (3 if channels == 1 else 4, *shape, channels, 1, 1, 1)
    header["datatype"], header["bitpix"] = _CODES[dtype.str[1:]], 8 * dtype.itemsize
    for name, value in _SCALING.items():
        header[name] = value
    for name in _INTENT:
        header[name] = 0
    header["pixdim"][4:] = 1
    return header


def _number_type(dtype: np.dtype[Any], path: Path) -> np.dtype[Any]:
    wanted = np.dtype(np.uint8) if dtype == np.bool_ else dtype.newbyteorder("=")
    if wanted.str[1:] not in _CODES:
        msg = f"{path}: found values of type {dtype}; wanted whole numbers or real ones of 32 or 64 bits."
        raise FormatError(msg)
    return wanted
