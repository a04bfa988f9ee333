"""Plain NIfTI: images and masks under the case's name, and tables that say the rest."""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from napari_medal.atomic import write_text_atomic
from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import as_flags, in_words
from napari_medal.core.target import Target
from napari_medal.export.staging import whole_or_nothing
from napari_medal.io.convert import to_nifti
from napari_medal.io.installed import installed_files
from napari_medal.io.nifti import write_mask
from napari_medal.io.read import VolumeFiles

_COLUMNS = (
    "case",
    "subject",
    "split",
    "task",
    "mask",
    "class_value",
    "class_name",
    "value",
    "reader",
    "revision",
    "accepted_at",
    "seconds_spent",
    "started_from_model",
    "voxels_changed",
    "confirmed",
    "mode",
    "difficulty",
    "tags",
)
_CONFIRMED_NOTE = (
    "Masks of these cases are right in the listed slices only; nobody has looked at the rest. Slices are axial and "
    "counted from 1 at the feet's end. confirmed/<task>/<case>.nii.gz is 1 where the mask is right, on the mask's grid."
)


@dataclass(frozen=True)
class NiftiExporter:
    """Writes `images/`, a folder of masks for each task that draws, `annotations.csv` and `dataset.json`.

    Masks are the accepted files themselves, on their images' own grids. `dataset.json` names the labels, or what was
    measured in which unit, and holds the sha256 of every other file. What of a mask was not confirmed is said three
    times: in the table, in `dataset.json`, and by a mask in `confirmed/`. Comments stay behind: they may hold names.
    """

    name: str = "nifti"
    title: str = "Plain NIfTI with a table"
    says_what_is_confirmed: bool = True

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: The folder holds something already.
            FormatError: An image has been damaged since it was added.
            JobCancelled: The person cancelled; nothing was written.
        """
        files = whole_or_nothing(folder, progress, lambda staging: _write_all(dataset, staging, progress))
        return ExportReport(folder, len(dataset.cases), files)


def _write_all(dataset: Dataset, folder: Path, progress: Progress) -> int:
    """Write every file, and return how many there are."""
    readers = installed_files()
    rows = [list(_COLUMNS)]
    for done, case in enumerate(dataset.cases):
        progress.step(done, len(dataset.cases), "Exporting")
        _write_images(case, folder / "images", readers)
        for task, annotation in case.annotations.items():
            rows.append(_row(case, task, annotation, dataset.tasks[task], _write_mask(annotation, task, folder)))
            _write_confirmed(case, task, annotation, folder, readers)
    write_text_atomic(folder / "annotations.csv", _csv(rows))
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    write_text_atomic(folder / "dataset.json", _description(dataset, folder, written))
    return len(written) + 1


def _write_images(case: DatasetCase, folder: Path, readers: VolumeFiles) -> None:
    images = case.case.images
    for channel, path in enumerate(images):
        stem = case.case.name if len(images) == 1 else f"{case.case.name}_{channel:04d}"
        to_nifti(readers, path, folder, stem)


def _write_mask(annotation: Annotation, task: str, folder: Path) -> str:
    """Copy the accepted mask, and return its path in the dataset; "" for a class or a value."""
    if annotation.mask is None:
        return ""
    target = folder / "masks" / task / f"{annotation.case}.nii.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(annotation.mask, target)
    return target.relative_to(folder).as_posix()


def _write_confirmed(case: DatasetCase, task: str, annotation: Annotation, folder: Path, readers: VolumeFiles) -> None:
    """Write a mask of the slices that were confirmed, where not all were."""
    if annotation.confirmed is None:
        return
    grid = readers.read_case(case.case.images)[0].grid
    array = np.zeros(grid.shape, dtype=np.uint8)
    array[as_flags(annotation.confirmed, len(array))] = 1
    write_mask(folder / "confirmed" / task / f"{case.case.name}.nii.gz", array, case.case.images[0], grid)


def _row(case: DatasetCase, task: str, annotation: Annotation, meaning: DatasetTask, mask: str) -> list[str]:
    value = annotation.class_value
    return [
        case.case.name,
        case.case.subject,
        case.case.split.value,
        task,
        mask,
        "" if value is None else str(value),
        "" if value is None else meaning.labels.by_value(value).name,
        "" if annotation.value is None else repr(annotation.value),
        annotation.reader,
        str(annotation.revision),
        annotation.created_at.isoformat(timespec="seconds"),
        f"{annotation.seconds_spent:.0f}",
        "" if annotation.started_from is None else str(annotation.started_from),
        "" if annotation.voxels_changed is None else str(annotation.voxels_changed),
        "" if annotation.confirmed is None else in_words(annotation.confirmed),
        "" if annotation.mode is None else annotation.mode.value,
        "" if case.case.difficulty is None else str(case.case.difficulty),
        "; ".join(case.case.tags),
    ]


def _csv(rows: Iterable[Iterable[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _description(dataset: Dataset, folder: Path, files: Iterable[Path]) -> str:
    """Say in JSON what the dataset holds."""
    partly = {
        task: {
            case.case.name: in_words(case.annotations[task].confirmed or ())
            for case in dataset.cases
            if task in case.annotations and case.annotations[task].confirmed is not None
        }
        for task in dataset.tasks
    }
    description = {
        "name": dataset.name,
        "made_by": f"napari-medal {version('napari-medal')}",
        "note": "For research and dataset curation; not a medical device.",
        "cases": len(dataset.cases),
        "tasks": {name: {"target": task.target.value} | _meaning(task) for name, task in dataset.tasks.items()},
        "confirmed": {"note": _CONFIRMED_NOTE, "slices": partly} if any(partly.values()) else {},
        "sha256": {path.relative_to(folder).as_posix(): _sha256(path) for path in files},
    }
    return json.dumps(description, indent=2) + "\n"


def _meaning(task: DatasetTask) -> dict[str, object]:
    """Say in JSON what the answers to a task mean."""
    quantity = task.labels.quantity
    if quantity is not None:
        return {"quantity": asdict(quantity)}
    background = {"background": 0} if task.target is Target.MASK else {}
    return {"labels": background | {label.name: label.value for label in task.labels.classes}}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


EXPORTER = NiftiExporter()
