"""Hand the curated dataset to an exporter."""

from collections.abc import Mapping
from pathlib import Path

from napari_medal.core.annotation import Annotation
from napari_medal.core.case import CaseState
from napari_medal.core.dataset import Dataset, DatasetCase, DatasetTask, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.errors import ExportError
from napari_medal.loop.session import Session


def export(session: Session, folder: Path, format_name: str, progress: Progress) -> ExportReport:
    """Write every accepted case in a format.

    Raises:
        ExportError: No case is accepted yet, or the exporter refuses.
        ExtensionError: The format is not installed.
    """
    exporter = session.extensions.exporters.get(format_name)
    dataset = curated_dataset(session)
    if not dataset.cases:
        msg = f"{session.project.folder} has no accepted case yet, so there is nothing to export."
        raise ExportError(msg)
    return exporter.write(dataset, folder, progress)


def curated_dataset(session: Session) -> Dataset:
    """Collect the accepted cases with their latest annotations."""
    project = session.project
    by_task = {task: project.annotations.current(task) for task in project.settings.tasks}
    cases = [
        DatasetCase(case, _of_case(case.name, by_task))
        for case in project.cases.all()
        if case.state is CaseState.ACCEPTED
    ]
    tasks = {name: DatasetTask(session.task(name).target, session.scheme(name)) for name in by_task}
    return Dataset(project.settings.name, tasks, tuple(cases))


def _of_case(case: str, by_task: Mapping[str, Mapping[str, Annotation]]) -> dict[str, Annotation]:
    return {task: annotations[case] for task, annotations in by_task.items() if case in annotations}
