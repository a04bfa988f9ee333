"""The manifest of a dataset: what it holds, where that comes from, and the checksum of every file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from napari_medal.atomic import write_text_atomic
from napari_medal.catalogue.models import ModelVersion
from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import in_words
from napari_medal.errors import FormatError
from napari_medal.export.in_parallel import in_parallel
from napari_medal.export.program import NOTE, program
from napari_medal.export.provenance import Provenance
from napari_medal.io.checksum import sha256

MANIFEST_NAME = "manifest.json"
_VERSION = 1


@dataclass(frozen=True)
class FileSum:
    """What a file must be: the SHA-256 in hexadecimal, and its length."""

    sha256: str
    bytes: int


def write_manifest(dataset: Dataset, provenance: Provenance, folder: Path, progress: Progress) -> None:
    """Write the manifest of a dataset that is complete but for it; equal datasets get equal manifests.

    Raises:
        JobCancelled: The person cancelled.
    """
    content = {
        "manifest_version": _VERSION,
        "name": dataset.name,
        "format": provenance.format_name,
        "made_by": program(),
        "note": NOTE,
        "tasks": {name: _task(task, provenance.models.get(name, ())) for name, task in dataset.tasks.items()},
        "cases": [_case(case, dataset) for case in dataset.cases],
        "left_out": list(provenance.left_out),
        "files": {name: asdict(found) for name, found in file_sums(folder, progress).items()},
    }
    write_text_atomic(folder / MANIFEST_NAME, json.dumps(content, indent=2) + "\n")


def read_manifest(folder: Path) -> dict[str, FileSum]:
    """Return what the files of a dataset must be, by path.

    Raises:
        FormatError: There is no manifest, it cannot be read, or it names a file outside the folder.
    """
    path = folder / MANIFEST_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        files = TypeAdapter(dict[str, FileSum]).validate_python(content["files"])
    except FileNotFoundError as error:
        msg = f"{path}: found no such file; wanted the manifest of a dataset."
        raise FormatError(msg) from error
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        msg = f"{path}: found something else ({type(error).__name__}); wanted the manifest of a dataset."
        raise FormatError(msg) from error
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            msg = f"{path}: found the path {name!r}; wanted files below the dataset's own folder."
            raise FormatError(msg)
    return files


def file_sums(folder: Path, progress: Progress) -> dict[str, FileSum]:
    """Return what every file below a folder is, but for its manifest, by path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST_NAME)
    sums = in_parallel(paths, lambda path, _: FileSum(sha256(path), path.stat().st_size), progress, "Adding up")
    return {path.relative_to(folder).as_posix(): found for path, found in zip(paths, sums, strict=True)}


def _task(task: DatasetTask, models: Sequence[ModelVersion]) -> dict[str, object]:
    quantity = task.labels.quantity
    meaning: Mapping[str, object] = (
        {"labels": {label.name: label.value for label in task.labels.classes}}
        if quantity is None
        else {"quantity": asdict(quantity)}
    )
    return {"target": task.target.value} | dict(meaning) | {"models": [_model(model) for model in models]}


def _model(model: ModelVersion) -> dict[str, object]:
    return {
        "version": model.number,
        "recipe": model.recipe,
        "status": model.status.value,
        "reason": model.reason,
        "trained_at": model.created_at.isoformat(timespec="seconds"),
        "trained_on_labels": len(model.annotations),
        "started_from": model.started_from,
        "metrics": {name: asdict(interval) for name, interval in model.metrics.items()},
    }


def _case(case: DatasetCase, dataset: Dataset) -> dict[str, object]:
    one = case.case
    return {
        "case": one.name,
        "subject": one.subject,
        "split": one.split.value,
        "state": one.state.value,
        "channels": list(one.channels),
        "difficulty": one.difficulty,
        "tags": list(one.tags),
        "tasks": {task: _answer(case, answer, dataset.tasks[task]) for task, answer in case.answers.items()},
    }


def _answer(case: DatasetCase, answer: Annotation, task: DatasetTask) -> dict[str, object]:
    value = answer.class_value
    return {
        "answer": "accepted" if answer.accepted else "predicted",
        "reader": answer.reader,
        "revision": answer.revision if answer.accepted else None,
        "accepted_at": answer.created_at.isoformat(timespec="seconds") if answer.accepted else None,
        "seconds_spent": answer.seconds_spent,
        "started_from_model": answer.started_from,
        "voxels_changed": answer.voxels_changed,
        "uncertainty": case.uncertainty.get(answer.task),
        "reading_mode": None if answer.mode is None else answer.mode.value,
        "confirmed_slices": "all" if answer.confirmed is None else in_words(answer.confirmed),
        "class": None if value is None else task.labels.by_value(value).name,
        "value": answer.value,
        "second_reader": _second_reader(case, answer),
    }


def _second_reader(case: DatasetCase, answer: Annotation) -> dict[str, object] | None:
    """Say whose label the reader has verified, and how much of it they corrected; None for a label of their own."""
    verified, first = answer.verified, case.verified.get(answer.task)
    if verified is None or first is None:
        return None
    return {
        "annotated_by": first.reader,
        "annotated_at": first.created_at.isoformat(timespec="seconds"),
        "annotated_revision": first.revision,
        "annotated_seconds": first.seconds_spent,
        "corrected": verified.changed,
        "dice": verified.dice,
    }
