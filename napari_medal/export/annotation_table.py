"""The table of answers that goes with a dataset."""

from collections.abc import Mapping
from pathlib import Path

from napari_medal.atomic import write_text_atomic
from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask
from napari_medal.core.slice_ranges import in_words
from napari_medal.export.table_text import table_text

ACCEPTED_NAME = "annotations.csv"
"""What readers accepted."""
PREDICTED_NAME = "predicted.csv"
"""What models say where no reader did; in a table of its own, so that nobody takes it for a reader's."""
MaskPaths = Mapping[tuple[str, str], str]
"""Where masks lie in the dataset, by case and task."""

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
    "verified_by",
    "verified_at",
    "corrected",
    "annotated_by",
    "difficulty",
    "tags",
)


def write_annotation_tables(dataset: Dataset, masks: MaskPaths, folder: Path) -> None:
    """Write a table of what readers accepted, and one of what models say, if they say anything; comments stay behind.

    In the second one `reader` is the model's version, and nothing was accepted.
    """
    accepted = [
        _row(case, annotation, dataset.tasks[task], masks)
        for case in dataset.cases
        for task, annotation in case.annotations.items()
    ]
    predicted = [
        _row(case, annotation, dataset.tasks[task], masks)
        for case in dataset.cases
        for task, annotation in case.predicted.items()
        if task not in case.annotations
    ]
    write_text_atomic(folder / ACCEPTED_NAME, table_text((_COLUMNS, *accepted)))
    if predicted:
        write_text_atomic(folder / PREDICTED_NAME, table_text((_COLUMNS, *predicted)))


def _row(case: DatasetCase, annotation: Annotation, meaning: DatasetTask, masks: MaskPaths) -> list[str]:
    value = annotation.class_value
    return [
        case.case.name,
        case.case.subject,
        case.case.split.value,
        annotation.task,
        masks.get((case.case.name, annotation.task), ""),
        "" if value is None else str(value),
        "" if value is None else meaning.labels.by_value(value).name,
        "" if annotation.value is None else repr(annotation.value),
        annotation.reader,
        str(annotation.revision) if annotation.accepted else "",
        annotation.created_at.isoformat(timespec="seconds") if annotation.accepted else "",
        f"{annotation.seconds_spent:.0f}",
        "" if annotation.started_from is None else str(annotation.started_from),
        "" if annotation.voxels_changed is None else str(annotation.voxels_changed),
        "" if annotation.confirmed is None else in_words(annotation.confirmed),
        "" if annotation.mode is None else annotation.mode.value,
        *_second_reader(case, annotation),
        "" if case.case.difficulty is None else str(case.case.difficulty),
        "; ".join(case.case.tags),
    ]


def _second_reader(case: DatasetCase, annotation: Annotation) -> tuple[str, str, str, str]:
    """Return who verified a label and when, how much they corrected, and whose label it was before."""
    verified, first = annotation.verified, case.verified.get(annotation.task)
    if verified is None:
        return "", "", "", ""
    when = annotation.created_at.isoformat(timespec="seconds")
    return annotation.reader, when, str(verified.changed), "" if first is None else first.reader
