"""Hand the curated dataset to an exporter."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.errors import ExportError
from napari_medal.loop.session import Session

_CURATED = (CaseState.ACCEPTED, CaseState.ACCEPTED_IN_PART)


def export(
    session: Session, folder: Path, format_name: str, progress: Progress, whole_only: bool = False
) -> ExportReport:
    """Write every accepted case in a format; with `whole_only`, none that is accepted but in part.

    Raises:
        ExportError: No case is accepted yet, or the exporter refuses, or it cannot say what of a mask is confirmed.
        ExtensionError: The format is not installed.
    """
    exporter = session.extensions.exporters.get(format_name)
    dataset = curated_dataset(session)
    if whole_only:
        dataset = replace(dataset, cases=tuple(case for case in dataset.cases if not _is_partly_accepted(case)))
    elif not getattr(exporter, "says_what_is_confirmed", False):
        _require_whole(dataset, format_name)
    if not dataset.cases:
        msg = f"{session.project.folder} has no accepted case yet, so there is nothing to export."
        raise ExportError(msg)
    return exporter.write(dataset, folder, progress)


def curated_dataset(session: Session) -> Dataset:
    """Collect the accepted cases with their latest annotations."""
    project = session.project
    by_task = {task: project.annotations.current(task) for task in project.settings.tasks}
    cases = [
        DatasetCase(case, _of_case(case.name, by_task), sources=project.cases.sources(case.name))
        for case in project.cases.all()
        if case.state in _CURATED
    ]
    tasks = {name: DatasetTask(session.task(name).target, session.scheme(name)) for name in by_task}
    return Dataset(project.settings.name, tasks, tuple(cases))


def _is_partly_accepted(case: DatasetCase) -> bool:
    return any(annotation.confirmed is not None for annotation in case.annotations.values())


def _require_whole(dataset: Dataset, format_name: str) -> None:
    partly = [case.case.name for case in dataset.cases if _is_partly_accepted(case)]
    if partly:
        named = ", ".join(partly[:3]) + (", ..." if len(partly) > 3 else "")
        msg = (
            f"The format '{format_name}' cannot say that only some slices are confirmed, as in {named}. Finish these "
            f"cases, leave them out (--whole-only), or choose the format 'nifti'."
        )
        raise ExportError(msg)


def _of_case(case: str, by_task: Mapping[str, Mapping[str, Annotation]]) -> dict[str, Annotation]:
    return {task: annotations[case] for task, annotations in by_task.items() if case in annotations}
