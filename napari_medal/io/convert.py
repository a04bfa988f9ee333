"""Any readable image as NIfTI files without free text."""

from pathlib import Path

from napari_medal.io.nifti import READER as NIFTI
from napari_medal.io.nifti import copy_without_text
from napari_medal.io.read import VolumeFiles
from napari_medal.io.write_volume import write_volume


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
        write_volume(target, volume)
    return targets
