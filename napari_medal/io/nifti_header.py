"""The NIfTI header of an array on a canonical grid."""

from typing import Any

import numpy as np
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header

from napari_medal.core.grid import Grid
from napari_medal.io.nifti_file import HeaderFields

_RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_LONGEST_NIFTI1_AXIS = 32767
_MOST_OFF_VOXELS = 1e-3


def nifti_header(grid: Grid, kind: np.dtype[Any]) -> HeaderFields:
    """Return the header of an (x, y, z) array of numbers of one kind that lies on a canonical (z, y, x) grid.

    The sform says where it lies. The qform says it too where it can: it knows no shear, and near half a turn its three
    numbers of single precision are too coarse.
    """
    make: Any = Nifti1Header if max(grid.shape) <= _LONGEST_NIFTI1_AXIS else Nifti2Header
    header = make(endianness="<")
    header.set_data_dtype(kind)
    header.set_data_shape(grid.shape[::-1])
    affine = _RAS_FROM_LPS @ grid.affine[:, [2, 1, 0, 3]]
    header.set_sform(affine, code=1)
    header.set_qform(affine, code=1)
    stored = Grid(grid.shape, _RAS_FROM_LPS @ header.get_qform()[:, [2, 1, 0, 3]])
    if stored.farthest_corner_mm(grid) > _MOST_OFF_VOXELS * min(grid.spacing_mm):
        header["qform_code"] = 0
    header.set_xyzt_units("mm")
    header["scl_slope"], header["scl_inter"] = 1, 0
    return np.asarray(header.structarr)
