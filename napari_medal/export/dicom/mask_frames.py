"""The mask of an answer, read and stacked as its series."""

from napari_medal.errors import ExportError
from napari_medal.export.dicom.frames import Frames
from napari_medal.export.dicom.sourced_answer import SourcedAnswer
from napari_medal.io.installed import installed_files
from napari_medal.io.nifti import read_grid


def mask_frames(answer: SourcedAnswer) -> Frames:
    """Read the mask of an answer.

    Raises:
        ExportError: It has no mask, or its series cannot hold it.
        FormatError: A file has been damaged since it was kept.
    """
    path = answer.annotation.mask
    if path is None:
        msg = "its answer has no mask"
        raise ExportError(msg)
    grid = read_grid(answer.case.case.images[0])
    mask = installed_files().read_mask(path, grid, answer.meaning.labels)
    return Frames.of(mask, grid, answer.series)
