"""The Brain Imaging Data Structure: images as raw data, masks as a derivative."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_medal.core.annotation import Annotation
from napari_medal.core.dataset import Dataset, DatasetCase, ExportReport
from napari_medal.core.progress import Progress
from napari_medal.core.slice_ranges import as_flags, in_words
from napari_medal.export.annotation_table import write_annotation_tables
from napari_medal.export.bids_names import NOT_BIDS, UNKNOWN_NOTE, BidsLayout, channel_names
from napari_medal.export.bids_tables import write_bids_json, write_bids_scans, write_bids_tables
from napari_medal.export.case_files import CaseFiles
from napari_medal.export.in_parallel import Check, in_parallel
from napari_medal.export.staging import whole_or_nothing
from napari_medal.io.installed import installed_files


@dataclass(frozen=True)
class BidsExporter:
    """Writes images as raw BIDS and masks, by task, into `derivatives/napari-medal` as `_dseg` with a table of labels.

    A mask's name says what it is: `desc-accepted`, `desc-partial` beside a `desc-confirmed_mask` of the slices that are
    right, or `desc-predicted`. Classes and values are columns of `participants.tsv`, or of each subject's
    `sessions.tsv` where a subject has several cases.
    """

    name: str = "bids"
    title: str = "BIDS with a derivative"
    says_what_is_confirmed: bool = True

    def write(self, dataset: Dataset, folder: Path, progress: Progress) -> ExportReport:
        """Write the dataset into `folder`: all of it, or nothing.

        Raises:
            ExportError: The folder holds something already, or the disk is full.
            FormatError: An image has been damaged since it was added.
            JobCancelled: The person cancelled; nothing was written.
        """
        layout = BidsLayout.of(dataset)
        files = whole_or_nothing(folder, progress, lambda staging: _write_all(dataset, layout, staging, progress))
        return ExportReport(folder, len(dataset.cases), files)


def _write_all(dataset: Dataset, layout: BidsLayout, folder: Path, progress: Progress) -> int:
    readers = installed_files()

    def write(case: DatasetCase, check: Check) -> dict[tuple[str, str], str]:
        return _write_case(case, dataset, layout, folder, CaseFiles(case.case, readers, check))

    written = in_parallel(dataset.cases, write, progress, "Exporting")
    write_annotation_tables(dataset, {place: path for paths in written for place, path in paths.items()}, folder)
    write_bids_tables(dataset, layout, folder)
    return sum(path.is_file() for path in folder.rglob("*"))


def _write_case(
    case: DatasetCase, dataset: Dataset, layout: BidsLayout, folder: Path, files: CaseFiles
) -> dict[tuple[str, str], str]:
    """Write images, masks and their sidecars, and return where the masks lie."""
    sources = _write_images(case, layout, folder, files)
    masks = {}
    for task, annotation in case.answers.items():
        if annotation.mask is None:
            continue
        what = "predicted" if not annotation.accepted else "accepted" if annotation.confirmed is None else "partial"
        stem = layout.mask_stem(case.case, task, what)
        files.write_mask(annotation, folder / f"{stem}.nii.gz", dataset.tasks[task].labels)
        write_bids_json(folder / f"{stem}.json", _mask_sidecar(annotation, sources))
        masks[case.case.name, task] = f"{stem}.nii.gz"
        if annotation.confirmed is not None:
            flags = np.zeros(files.grid.shape, dtype=np.uint8)
            flags[as_flags(annotation.confirmed, len(flags))] = 1
            confirmed = layout.confirmed_stem(case.case, task)
            files.write_flags(flags, folder / f"{confirmed}.nii.gz")
            write_bids_json(folder / f"{confirmed}.json", {"Type": "ROI"})
    return masks


def _write_images(case: DatasetCase, layout: BidsLayout, folder: Path, files: CaseFiles) -> list[str]:
    """Write every channel with its sidecar, and return where the channels lie."""
    known = case.case.channels if len(case.case.channels) == files.channels else ("",) * files.channels
    names = channel_names(known)
    stems = [f"{layout.folder(case.case)}/{layout.stem(case.case)}{name}" for name in names]
    files.write_channels(lambda channel: folder / f"{stems[channel]}.nii.gz")
    for stem, name, called in zip(stems, names, known, strict=True):
        note = {} if name.is_known else {"Note": UNKNOWN_NOTE}
        write_bids_json(folder / f"{stem}.json", {"Channel": called or "unknown", "Case": case.case.name} | note)
    scans = {
        f"anat/{Path(stem).name}.nii.gz": called
        for stem, name, called in zip(stems, names, known, strict=True)
        if name.suffix not in NOT_BIDS
    }
    write_bids_scans(folder / layout.scans(case.case), scans)
    return [f"{stem}.nii.gz" for stem in stems]


def _mask_sidecar(annotation: Annotation, sources: list[str]) -> dict[str, object]:
    confirmed = {} if annotation.confirmed is None else {"ConfirmedSlices": in_words(annotation.confirmed)}
    return {
        "Manual": annotation.accepted,
        "Sources": [f"bids:raw:{source}" for source in sources],
        "Task": annotation.task,
        "Reader": annotation.reader,
        "StartedFromModel": annotation.started_from,
    } | confirmed


EXPORTER = BidsExporter()
