"""The sizes that a dataset card tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_medal.core.dataset import Dataset, DatasetCase
from napari_medal.core.grid import Grid
from napari_medal.core.progress import Progress
from napari_medal.export.case_files import CaseFiles
from napari_medal.export.in_parallel import Check, in_parallel
from napari_medal.io.installed import installed_files
from napari_medal.io.read import VolumeFiles


@dataclass(frozen=True)
class CaseSizes:
    """The sizes of one case.

    Args:
        grid: Its canonical grid.
        volumes_ml: The volume of each label that occurs in its mask, by task and label value.
    """

    grid: Grid
    volumes_ml: Mapping[str, Mapping[int, float]]


def measure(dataset: Dataset, progress: Progress) -> list[CaseSizes]:
    """Measure each case, in order.

    Raises:
        FormatError: An image or a mask has been damaged.
        JobCancelled: The person cancelled.
    """
    files = installed_files()

    def sizes(case: DatasetCase, check: Check) -> CaseSizes:
        grid = CaseFiles(case.case, files, check).grid
        masks = {task: answer.mask for task, answer in case.answers.items() if answer.mask is not None}
        return CaseSizes(grid, {task: _volumes(mask, files, check) for task, mask in masks.items()})

    return in_parallel(dataset.cases, sizes, progress, "Measuring")


def _volumes(mask: Path, files: VolumeFiles, check: Check) -> dict[int, float]:
    check()
    volume = files.read(mask)[0]
    counts = np.zeros(256, dtype=np.int64)
    for part in volume.array:  # a slice at a time: counting makes 64-bit numbers of bytes
        counts += np.bincount(part.reshape(-1), minlength=256)
    return {
        value: float(counts[value]) * volume.grid.voxel_volume_mm3 / 1000
        for value in np.flatnonzero(counts).tolist()
        if value
    }
