"""One DICOM object for each answer that has a series."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from napari_medal.atomic import write_atomic, write_text_atomic
from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import Dataset, DatasetCase, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.series_source import SeriesSource
from napari_medal.core.target import Target
from napari_medal.errors import ExportError
from napari_medal.export.dicom.sourced_answer import SourcedAnswer
from napari_medal.export.staging import whole_or_nothing
from napari_medal.export.table_text import table_text

if TYPE_CHECKING:
    from pydicom import Dataset as DicomDataset

Make = Callable[[SourcedAnswer], "DicomDataset"]
_NO_SERIES = "it was not made from a DICOM series"
_NO_ANSWER = "it has no answer of the kind that the format holds"
_NAMED = 3


@dataclass(frozen=True)
class _LeftOut:
    case: str
    task: str
    reason: str


def write_objects(
    dataset: Dataset, folder: Path, progress: Progress, format_name: str, targets: frozenset[Target], make: Make
) -> ExportReport:
    """Write `<task>/<case>.dcm` for every answer of the wanted forms, all of them or nothing.

    In a project that is DICOM only in part, cases that the format cannot hold are left out and listed with the reason
    in `left-out.csv` and in the report.

    Args:
        dataset: What is exported.
        folder: New or empty.
        progress: Is told of each case.
        format_name: For messages.
        targets: The forms of answers that the format holds.
        make: Returns the object; an ExportError from it leaves the answer out, with its text as the reason.

    Raises:
        ExportError: The folder holds something already, or no case can be written.
    """
    tasks = tuple(name for name, task in dataset.tasks.items() if task.target in targets)
    if not tasks:
        wanted = " or a ".join(sorted(target.value for target in targets))
        msg = f"The format '{format_name}' holds answers that are a {wanted}; found no such task in '{dataset.name}'."
        raise ExportError(msg)

    def fill(staging: Path) -> ExportReport:
        return _write_all(dataset, tasks, staging, progress, format_name, make)

    written = whole_or_nothing(folder, progress, fill)
    return ExportReport(folder, written.cases, written.files, written.left_out)


def _write_all(
    dataset: Dataset, tasks: tuple[str, ...], folder: Path, progress: Progress, format_name: str, make: Make
) -> ExportReport:
    left_out: list[_LeftOut] = []
    cases: set[str] = set()
    files = 0
    for done, case in enumerate(dataset.cases):
        progress.step(done, len(dataset.cases), "Exporting")
        for task, found in _answers(case, dataset, tasks):
            if isinstance(found, SourcedAnswer):
                try:
                    _save(make(found), folder / task / f"{case.case.name}.dcm")
                except ExportError as error:
                    left_out.append(_LeftOut(case.case.name, task, str(error)))
                    continue
                files += 1
                cases.add(case.case.name)
            else:
                left_out.append(_LeftOut(case.case.name, task, found))
    if not files:
        raise ExportError(_nothing(format_name, left_out))
    if left_out:
        write_text_atomic(folder / "left-out.csv", _table(left_out))
    reasons = tuple(f"{entry.case}: {entry.reason}" for entry in left_out)
    return ExportReport(folder, len(cases), files + bool(left_out), reasons)


def _answers(case: DatasetCase, dataset: Dataset, tasks: tuple[str, ...]) -> Iterator[tuple[str, SourcedAnswer | str]]:
    """Go through what a case has to be written, or the reason why it is left out."""
    series = _series(case)
    answers = {task: case.answers[task] for task in tasks if task in case.answers}
    if series is None or not answers:
        yield "", _NO_SERIES if series is None else _NO_ANSWER
        return
    for task, annotation in answers.items():
        yield task, _sourced(case, task, dataset, annotation, series)


def _sourced(
    case: DatasetCase, task: str, dataset: Dataset, annotation: Annotation, series: SeriesSource
) -> SourcedAnswer:
    return SourcedAnswer(case, task, dataset.tasks[task], annotation, series, list(dataset.tasks).index(task) + 1)


def _series(case: DatasetCase) -> SeriesSource | None:
    """Return the series of the first channel that has one: all channels lie on the same grid."""
    return next((source for source in case.sources if source is not None), None)


def _save(made: "DicomDataset", path: Path) -> None:
    write_atomic(path, lambda temporary: made.save_as(temporary, enforce_file_format=True))


def _nothing(format_name: str, left_out: list[_LeftOut]) -> str:
    shown = "; ".join(f"{entry.case}: {entry.reason}" for entry in left_out[:_NAMED])
    more = f"; and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
    return f"The format '{format_name}' can hold none of the cases. {shown}{more}. The format 'nifti' holds any case."


def _table(left_out: list[_LeftOut]) -> str:
    return table_text([("case", "task", "reason"), *((entry.case, entry.task, entry.reason) for entry in left_out)])
