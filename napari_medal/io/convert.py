"""Any readable image as NIfTI files without free text."""

from functools import partial
from pathlib import Path

import numpy as np

from napari_medal.atomic import write_atomic
from napari_medal.core.volume import Volume
from napari_medal.io.nifti import READER as NIFTI
from napari_medal.io.nifti import copy_without_text
from napari_medal.io.read import VolumeFiles

_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def to_nifti(files: VolumeFiles, source: Path, folder: Path, stem: str) -> list[Path]:
    """Write an image into `folder` as `<stem>.nii.gz`, or `<stem>_0000.nii.gz`, ... if it holds several channels.

    A NIfTI file keeps its voxels, header and axis order bit for bit, but for its free text and extensions. Other
    formats are written in the canonical frame with the same world positions.

    Raises:
        FormatError: The source cannot be read.
    """
    if files.reader_for(source).name == NIFTI.name:
        target = folder / f"{stem}.nii.gz"
        copy_without_text(source, target)
        return [target]
    volumes = files.read(source)
    names = [stem] if len(volumes) == 1 else [f"{stem}_{channel:04d}" for channel in range(len(volumes))]
    targets = [folder / f"{name}.nii.gz" for name in names]
    for volume, target in zip(volumes, targets, strict=True):
        write_atomic(target, partial(_write, volume))
    return targets


def _write(volume: Volume, path: Path) -> None:
    from nibabel.nifti1 import Nifti1Image

    array = volume.array.transpose(2, 1, 0)
    reverse = np.eye(4)[[2, 1, 0, 3]]
    affine = _LPS_TO_RAS @ volume.grid.affine @ reverse
    if array.dtype == np.bool_:
        array = array.astype(np.uint8)
    Nifti1Image(array, affine, dtype=array.dtype).to_filename(path)  # type: ignore[no-untyped-call]
