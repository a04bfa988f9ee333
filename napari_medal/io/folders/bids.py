"""Folders as BIDS has them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from napari_medal.core.case import Split
from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.found_cases import FoundCases
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.bids_masks import bids_label_names, bids_mask, bids_masks, read_tsv
from napari_medal.io.bids_name import BidsName
from napari_medal.io.case_name import case_name, stem
from napari_medal.io.dataset_json import read_json
from napari_medal.io.nifti_file import NiftiFile

_FOLDERS = ("anat", "dwi", "perf", "pet", "swi", "ct")
_SUFFIXES = ("T1w", "T2w", "FLAIR", "PD", "PDw", "T2star")
"""Channels come in this order, others behind them by name."""
_SPLITS = {
    "train": Split.TRAINING,
    "training": Split.TRAINING,
    "val": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "test": Split.TEST,
}
_LEAST_SHARE = 0.5


@dataclass(frozen=True)
class BidsFolder:
    """Reads `sub-*/[ses-*/]anat/*` and the like: each exam is a case, and its sequences of three axes are the channels.

    A sequence that fewer than half of the exams have is left out, and noted; an exam that lacks another one is refused.
    Several runs are several cases. Masks come from `derivatives`, those called desc-predicted as drafts, and those
    called desc-partial with the slices that their sidecars name; splits come from a column "split" of participants.tsv.
    Gorgolewski et al., Scientific Data 2016; BIDS specification 1.10.
    """

    name: str = "bids"
    title: str = "BIDS dataset"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether it describes itself as a BIDS dataset of raw images."""
        try:
            table = read_json(folder / "dataset_description.json")
        except (FormatError, OSError):
            return False
        return "BIDSVersion" in table and table.get("DatasetType", "raw") == "raw"

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the exams; headers are opened to tell volumes from series of them."""
        exams: dict[str, dict[str, Path]] = {}
        series: list[Path] = []
        subjects = sorted(path for path in folder.glob("sub-*") if path.is_dir())
        for done, subject in enumerate(subjects):
            progress.step(done, len(subjects), "Looking through the folder")
            exams |= _exams(subject, series)
        names = _channels(exams)
        masks = bids_masks(folder / "derivatives")
        splits = _splits(folder / "participants.tsv")
        cases = tuple(_case(exam, exams[exam], names, masks, splits) for exam in sorted(exams))
        return FoundCases(cases, _remarks(series))

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find the masks of cases below a folder of derivatives, or in those of a dataset.

        Raises:
            FormatError: A case has two masks.
        """
        found = {}
        by_exam = bids_masks(folder)
        for case in cases:
            files = _masks_of(case.name, by_exam)
            if len(files) > 1:
                msg = f"Case {case.name}: found two masks, {files[0]} and {files[1]}; wanted one."
                raise FormatError(msg)
            if files:
                found[case.name] = bids_mask(files[0])
        return found

    def label_names(self, folder: Path) -> Mapping[int, str]:
        """Return the names of the values in its masks."""
        return bids_label_names(folder)


FOLDER = BidsFolder()


def _exams(subject: Path, series: list[Path]) -> dict[str, dict[str, Path]]:
    """Return the files of each exam of a subject by channel; runs are exams of their own where there are several.

    Files of four axes are added to `series`.
    """
    by_run: dict[str, dict[str, dict[str, Path]]] = {}
    for kind in _FOLDERS:
        for path in sorted([*subject.glob(f"{kind}/*.nii*"), *subject.glob(f"ses-*/{kind}/*.nii*")]):
            name = BidsName.of(path)
            if name is None or path.name.startswith("."):
                continue
            if not _is_one_volume(path):
                series.append(path)
            else:
                by_run.setdefault(name.session, {}).setdefault(name.label("run"), {})[name.channel] = path
    exams: dict[str, dict[str, Path]] = {}
    for session, runs in by_run.items():
        shared = runs.pop("", {})
        for place, run in enumerate(sorted(runs)):
            own = runs[run] if place else shared | runs[run]
            exams[session if len(runs) == 1 else f"{session}_run-{run}"] = own
        if not runs:
            exams[session] = shared
    return exams


def _remarks(series: Sequence[Path]) -> tuple[str, ...]:
    """Say what is left out, without the names of subjects, which may be hidden."""
    kinds = sorted({stem(path).rsplit("_", 1)[-1] for path in series})
    if not kinds:
        return ()
    return (f"Series of volumes ({', '.join(kinds)}) are no sequences of a case; files left out: {len(series)}.",)


def _is_one_volume(path: Path) -> bool:
    """Tell whether a file has three axes; one that cannot be read is left for a closer look."""
    try:
        return all(n == 1 for n in NiftiFile.read_header(path).shape[3:])
    except FormatError:
        return True


def _channels(exams: Mapping[str, Mapping[str, Path]]) -> list[str]:
    """Return the channels that most exams have, in order."""
    counts = Counter(channel for files in exams.values() for channel in files)
    common = [channel for channel, count in counts.items() if count >= _LEAST_SHARE * len(exams)]

    def place(channel: str) -> tuple[int, int, str]:
        suffix = channel.rsplit("_", 1)[-1]
        return _SUFFIXES.index(suffix) if suffix in _SUFFIXES else len(_SUFFIXES), channel.count("_"), channel

    return sorted(common, key=place)


def _case(
    exam: str,
    files: Mapping[str, Path],
    names: Sequence[str],
    masks: Mapping[str, Sequence[Path]],
    splits: Mapping[str, Split],
) -> FoundCase:
    subject = exam.split("_", 1)[0]
    images = tuple(FoundImage((files[name],), name=name) for name in names if name in files)
    # A case is never without a file: what it lacks can be said of something only.
    images = images or tuple(FoundImage((path,), name=name) for name, path in files.items())
    found = _masks_of(exam, masks)
    case = FoundCase(
        case_name(exam),
        images,
        bids_mask(found[0]) if len(found) == 1 else None,
        subject=case_name(subject),
        split=splits.get(subject, Split.UNDRAWN),
    )
    return replace(case, notes=_notes(exam, files, names, found))


def _notes(exam: str, files: Mapping[str, Path], names: Sequence[str], masks: Sequence[Path]) -> tuple[FileNote, ...]:
    notes = []
    if missing := [name for name in names if name not in files]:
        words = f"{exam}: found no {', '.join(missing)}; wanted {', '.join(names)}, as most exams of the folder have."
        notes.append(FileNote(NoteKind.OTHER, Verdict.REFUSED, words))
    if further := [path.name for name, path in files.items() if name not in names]:
        words = f"{exam}: {', '.join(further)} is left out, for fewer than half of the exams have such a sequence."
        notes.append(FileNote(NoteKind.OTHER, Verdict.NOTED, words))
    if len(masks) > 1:
        words = f"{exam}: found the masks {', '.join(str(path) for path in masks)}; none was taken, for one was wanted."
        notes.append(FileNote(NoteKind.OTHER, Verdict.NOTED, words))
    return tuple(notes)


def _masks_of(exam: str, masks: Mapping[str, Sequence[Path]]) -> Sequence[Path]:
    """Return the masks of an exam; what names no run belongs to all."""
    return masks.get(exam) or masks.get(exam.split("_run-")[0], ())


def _splits(path: Path) -> dict[str, Split]:
    """Return the split of each participant, where a table says it."""
    rows = list(read_tsv(path))
    stated = {row.get("participant_id", ""): _SPLITS.get(row.get("split", "").lower()) for row in rows}
    return {name: split for name, split in stated.items() if split is not None}
