"""Plain NIfTI: images and masks under the case's name, and tables that say the rest."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from napari_medal.atomic import write_text_atomic
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import as_flags, in_words
from napari_medal.core.target import Target
from napari_medal.export.annotation_table import write_annotation_tables
from napari_medal.export.case_files import CaseFiles
from napari_medal.export.image_copy import copy_image
from napari_medal.export.in_parallel import Check, in_parallel
from napari_medal.export.program import NOTE, program
from napari_medal.export.staging import whole_or_nothing
from napari_medal.io.checksum import sha256
from napari_medal.io.installed import installed_files
from napari_medal.io.nifti import write_mask
from napari_medal.io.read import VolumeFiles

_CONFIRMED_NOTE = (
    "Masks of these cases are right in the listed slices only; nobody has looked at the rest. Slices are axial and "
    "counted from 1 at the feet's end. confirmed/<task>/<case>.nii.gz is 1 where the mask is right, on the mask's grid."
)


@dataclass(frozen=True)
class NiftiExporter:
    """Writes `images/`, a folder of masks for each task that draws, `annotations.csv` and `dataset.json`.

    Masks are the accepted files themselves, on their images' own grids. `dataset.json` names the labels, or what was
    measured in which unit, and holds the sha256 of every other file that is written here. What of a mask was not
    confirmed is said three times: in the table, in `dataset.json`, and by a mask in `confirmed/`. What models say lies
    apart, in `predicted/` and `predicted.csv`. Comments stay behind: they may hold names.
    """

    name: str = "nifti"
    title: str = "Plain NIfTI with a table"
    says_what_is_confirmed: bool = True

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: The folder holds something already, or the disk is full.
            FormatError: An image has been damaged since it was added.
            JobCancelled: The person cancelled; nothing was written.
        """
        files = whole_or_nothing(folder, progress, lambda staging: _write_all(dataset, staging, progress))
        return ExportReport(folder, len(dataset.cases), files)


def _write_all(dataset: Dataset, folder: Path, progress: Progress) -> int:
    """Write every file, and return how many there are."""
    readers = installed_files()

    def write(case: DatasetCase, check: Check) -> dict[tuple[str, str], str]:
        return _write_case(case, folder, readers, check)

    written = in_parallel(dataset.cases, write, progress, "Exporting")
    masks = {place: path for paths in written for place, path in paths.items()}
    write_annotation_tables(dataset, masks, folder)
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = in_parallel(names, lambda path, _: sha256(path), progress, "Adding up")
    checksums = {path.relative_to(folder).as_posix(): total for path, total in zip(names, sums, strict=True)}
    write_text_atomic(folder / "dataset.json", _description(dataset, checksums))
    return len(names) + 1


def _write_case(case: DatasetCase, folder: Path, readers: VolumeFiles, check: Check) -> dict[tuple[str, str], str]:
    """Write images and masks, and return where the masks lie."""
    name, images = case.case.name, case.case.images
    for channel, path in enumerate(images):
        stem = name if len(images) == 1 else f"{name}_{channel:04d}"
        copy_image(readers, path, folder / "images", stem, check)
    files = CaseFiles(case.case, readers, check)
    masks = {}
    for task, annotation in case.answers.items():
        if annotation.mask is None:
            continue
        target = folder / ("masks" if annotation.accepted else "predicted") / task / f"{name}.nii.gz"
        files.copy_mask(annotation, target)
        masks[name, task] = target.relative_to(folder).as_posix()
        if annotation.confirmed is not None:
            array = np.zeros(files.grid.shape, dtype=np.uint8)
            array[as_flags(annotation.confirmed, len(array))] = 1
            write_mask(folder / "confirmed" / task / f"{name}.nii.gz", array, images[0], files.grid)
    return masks


def _description(dataset: Dataset, checksums: dict[str, str]) -> str:
    """Say in JSON what the dataset holds."""
    partly = {
        task: {
            case.case.name: in_words(case.annotations[task].confirmed or ())
            for case in dataset.cases
            if task in case.annotations and case.annotations[task].confirmed is not None
        }
        for task in dataset.tasks
    }
    predicted = {task: list(_predicted(dataset, task)) for task in dataset.tasks}
    description = {
        "name": dataset.name,
        "made_by": program(),
        "note": NOTE,
        "cases": len(dataset.cases),
        "tasks": {name: {"target": task.target.value} | _meaning(task) for name, task in dataset.tasks.items()},
        "confirmed": {"note": _CONFIRMED_NOTE, "slices": partly} if any(partly.values()) else {},
        "predicted": predicted if any(predicted.values()) else {},
        "sha256": checksums,
    }
    return json.dumps(description, indent=2) + "\n"


def _predicted(dataset: Dataset, task: str) -> Iterable[str]:
    """Name the cases that only a model has answered."""
    return (case.case.name for case in dataset.cases if task in case.answers and not case.answers[task].accepted)


def _meaning(task: DatasetTask) -> dict[str, object]:
    """Say in JSON what the answers to a task mean."""
    quantity = task.labels.quantity
    if quantity is not None:
        return {"quantity": asdict(quantity)}
    background = {"background": 0} if task.target is Target.MASK else {}
    return {"labels": background | {label.name: label.value for label in task.labels.classes}}


EXPORTER = NiftiExporter()
