"""The figures of a model version on the validation set, case by case and as a whole."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from napari_medal.atomic import write_text_atomic
from napari_medal.core.evaluation import Interval
from napari_medal.loop.version_file import VersionFile
from napari_medal.metrics.lesions import LesionCount

JSON_NAME = "evaluation.json"
CSV_NAME = "evaluation.csv"


@dataclass(frozen=True)
class Figure:
    """One metric over the cases; each subject counts once, with the mean of its cases.

    Args:
        label: The label, or "" for all.
        metric: Its name, with the unit: "hd95_mm".
        interval: The mean and its 95 % interval.
        cases: Cases it is the mean of.
        infinite: Further cases that have no finite value, since only one of the two masks holds the label.
    """

    label: str
    metric: str
    interval: Interval
    cases: int
    infinite: int = 0


@dataclass(frozen=True)
class CaseRow:
    """One case and label.

    Args:
        annotation: The label revision that the model was compared with; the catalogue knows whose it is.
        subject: A number for the subject, from 1, within this table.
        label: The label; of a class per case the true one.
        values: Each metric's value, nan where there is nothing to judge.
    """

    annotation: int
    subject: int
    label: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class LabelLesions:
    """The lesions of a label over all cases, by size."""

    label: str
    counts: tuple[LesionCount, ...]


@dataclass(frozen=True)
class EvaluationTable:
    """All of it.

    Args:
        cases: Validation cases.
        subjects: Subjects that they are of.
        figures: Every metric over the cases.
        rows: Every case and label.
        lesions: Connected parts found, missed and false; for masks.
        labels: Names of the labels, in order.
        confusion: Cases of class i (row) that were called class j (column); for a class per case.
    """

    cases: int
    subjects: int
    figures: tuple[Figure, ...]
    rows: tuple[CaseRow, ...]
    labels: tuple[str, ...]
    lesions: tuple[LabelLesions, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()


_File = VersionFile[EvaluationTable]


def write_evaluation(folder: Path, table: EvaluationTable) -> None:
    """Write the table into a model version's folder: all of it as JSON, the cases as CSV; each atomically."""
    _File(table).write(folder / JSON_NAME)
    write_text_atomic(folder / CSV_NAME, rows_text(table))


def read_evaluation(folder: Path) -> EvaluationTable | None:
    """Read it back; None for a version without one.

    Raises:
        ProjectError: The file is damaged.
    """
    return _File.read(folder / JSON_NAME)


def rows_text(table: EvaluationTable) -> str:
    """Return the cases as CSV: a row for each case and label."""
    metrics = list(dict.fromkeys(metric for row in table.rows for metric in row.values))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["annotation", "subject", "label", *metrics])
    for row in table.rows:
        values = [f"{row.values[metric]:.6g}" if metric in row.values else "" for metric in metrics]
        writer.writerow([row.annotation, row.subject, row.label, *values])
    return stream.getvalue()
