"""A canonical volume as a NIfTI file."""

from pathlib import Path

import numpy as np

from napari_medal.core.volume import Volume
from napari_medal.io.nifti_file import without_text, write_nifti
from napari_medal.io.nifti_header import nifti_header


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
    # A (z, y, x) array in C order is an (x, y, z) array in NIfTI's order.
    write_nifti(path, without_text(nifti_header(volume.grid, array.dtype)), np.ascontiguousarray(array).tobytes())
