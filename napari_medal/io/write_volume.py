"""A canonical volume as a NIfTI file."""

from pathlib import Path
from typing import Any

import numpy as np
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header

from napari_medal.core.grid import Grid
from napari_medal.core.straight_grid import skew_voxels
from napari_medal.core.volume import Volume
from napari_medal.io.nifti_file import write_nifti

_RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_LONGEST_NIFTI1_AXIS = 32767
_LEAST_SKEW_VOXELS = 1e-2


def write_volume(path: Path, volume: Volume) -> None:
    """Write a volume as NIfTI, stored (x, y, z), with its geometry and nothing else; equal input gives equal bytes.

    Numbers keep their type, but for half floats, which NIfTI does not know, and which become single ones.

    Raises:
        FormatError: `path` does not end in .nii.gz or .nii.
    """
    array = volume.array
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    header = _header(volume.grid, array.dtype)
    # A (z, y, x) array in C order is an (x, y, z) array in NIfTI's order.
    write_nifti(path, np.asarray(header.structarr), np.ascontiguousarray(array).tobytes())


def _header(grid: Grid, kind: np.dtype[Any]) -> Any:
    make: Any = Nifti1Header if max(grid.shape) <= _LONGEST_NIFTI1_AXIS else Nifti2Header
    header = make(endianness="<")
    header.set_data_dtype(kind)
    header.set_data_shape(grid.shape[::-1])
    affine = _RAS_FROM_LPS @ grid.affine[:, [2, 1, 0, 3]]
    is_straight = skew_voxels(grid) < _LEAST_SKEW_VOXELS
    header.set_qform(affine, code=1 if is_straight else 0)
    header.set_sform(affine, code=1)
    header.set_xyzt_units("mm")
    header["scl_slope"], header["scl_inter"] = 1, 0
    header["magic"] = b"n+1" if make is Nifti1Header else header["magic"]
    header["vox_offset"] = int(header["sizeof_hdr"]) + 4
    return header
