"""Hand the curated dataset to an exporter, and say in the dataset itself what it is and where it comes from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from napari_medal.atomic import write_text_atomic
from napari_medal.core.dataset import Dataset, DatasetCase, Exporter, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.errors import ExportError, PersonalDataError
from napari_medal.export.dataset_card import CARD_NAME, OTHER_CARD_NAME, card_text
from napari_medal.export.manifest import write_manifest
from napari_medal.export.measuring import measure
from napari_medal.export.personal_data import suspicious_files, suspicious_names
from napari_medal.export.provenance import Provenance
from napari_medal.export.staging import whole_or_nothing
from napari_medal.loop.auditing import audit_report
from napari_medal.loop.curating import EVERYTHING, Selection, curated_dataset
from napari_medal.loop.session import Session

_TOLD = 10


def export(
    session: Session,
    folder: Path,
    format_name: str,
    progress: Progress,
    whole_only: bool = False,
    with_predicted: bool = False,
    confirmed: bool = False,
    selection: Selection = EVERYTHING,
) -> ExportReport:
    """Write every accepted case in a format, with a card and a manifest: all of it, or nothing.

    Args:
        session: The session.
        folder: A new or an empty folder.
        format_name: An installed exporter.
        progress: Told of each case.
        whole_only: Leave out cases that are accepted but in part.
        with_predicted: Let live models answer for cases without an accepted label; such answers are marked everywhere.
        confirmed: A person has made sure that nothing in the dataset tells who somebody is.
        selection: Which part is wanted.

    Raises:
        ExportError: No case is accepted yet, or the exporter refuses, or it cannot say what of a mask is confirmed.
        PersonalDataError: A name or a file's text looks like a person's data, and nobody has confirmed it.
        ExtensionError: The format is not installed.
        SettingsError: The project has no such task.
        JobCancelled: The person cancelled; nothing was written.
    """
    exporter = session.extensions.exporters.get(format_name)
    dataset = curated_dataset(session, with_predicted, selection, progress)
    if whole_only:
        dataset = replace(dataset, cases=tuple(case for case in dataset.cases if not _is_partly_accepted(case)))
    elif not getattr(exporter, "says_what_is_confirmed", False):
        _require_whole(dataset, format_name)
    if not dataset.cases:
        wanted = "" if selection == EVERYTHING else " among those that were asked for"
        msg = f"{session.project.folder} has no accepted case yet{wanted}, so there is nothing to export."
        raise ExportError(msg)
    if not confirmed:
        _require_impersonal(suspicious_names(dataset))
    provenance = _provenance(session, dataset, format_name)

    def write(staging: Path) -> ExportReport:
        return _write_all(dataset, provenance, exporter, staging, progress, confirmed)

    return replace(whole_or_nothing(folder, progress, write), folder=folder)


def _write_all(
    dataset: Dataset, provenance: Provenance, exporter: Exporter, folder: Path, progress: Progress, confirmed: bool
) -> ExportReport:
    """Let the exporter write, look for names in what it wrote, and add card and manifest."""
    report = exporter.write(dataset, folder, progress)
    if not confirmed:
        _require_impersonal(suspicious_files(folder, dataset, progress))
    provenance = replace(provenance, left_out=report.left_out)
    card = folder / (OTHER_CARD_NAME if (folder / CARD_NAME).exists() else CARD_NAME)
    write_text_atomic(card, card_text(dataset, provenance, measure(dataset, progress)))
    write_manifest(dataset, provenance, folder, progress)
    return replace(report, files=sum(path.is_file() for path in folder.rglob("*")))


def _provenance(session: Session, dataset: Dataset, format_name: str) -> Provenance:
    models = {task: session.project.models.all(task) for task in dataset.tasks}
    reports = {task: audit_report(session, task) for task in dataset.tasks}
    audits = {task: report.headline for task, report in reports.items() if report.measured}
    return Provenance(format_name, models, audits)


def _require_impersonal(found: Sequence[str]) -> None:
    if found:
        named = "; ".join(found[:_TOLD]) + (f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else "")
        msg = (
            f"The dataset may tell who somebody is: {named}. Nothing was written. Rename or remove what does; if a "
            "person has made sure that nothing does, export with --confirm-no-personal-data."
        )
        raise PersonalDataError(msg, tuple(found))


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
