"""The folders that the public set of lower-grade gliomas comes in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from napari_medal.core.file_note import FileNote, NoteKind, Verdict
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.mask_meaning import MaskMeaning
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms

_SUBJECT = r"(?P<subject>TCGA_[A-Z0-9]{2}_[A-Z0-9]{4})"
_EXAM = re.compile(rf"^{_SUBJECT}_(?P<date>\d{{8}})$")
_SLICE = re.compile(r"_(?P<number>\d+)(?P<mask>_mask)?\.tiff?$", re.IGNORECASE)
_VOLUME = re.compile(rf"^{_SUBJECT}(?:_(?P<date>\d{{8}}))?_(?P<kind>pre|flair|post|mask)\.nii(?:\.gz)?$", re.IGNORECASE)
_INNER = ("kaggle_3m", "lgg-mri-segmentation/kaggle_3m")
_SEQUENCES = {"pre": "pre-contrast", "flair": "FLAIR", "post": "post-contrast"}
_FLAIR = "flair"
_WHITE = MaskMeaning(values=((255, 1),))
"""The slices of masks are black and white."""


@dataclass(frozen=True)
class GliomaFolder:
    """Reads the set of Buda et al. 2019 (Kaggle "LGG Segmentation Dataset"), as it is given out or as NIfTI.

    As it is given out: a folder `TCGA_<site>_<id>_<date>` for each exam, with a picture of three sequences for each
    slice, `..._<n>.tif`, and `..._<n>_mask.tif`; the folder of one exam, that of all, or `kaggle_3m` and what holds it.
    Where a sequence is missing the set has put FLAIR in its place. As NIfTI: `TCGA_<site>_<id>_<date>_flair.nii.gz`
    with `_mask`, and `_pre` and `_post` where there are any; if one exam has them, FLAIR stands in where another does
    not. Cases have no date in their names: a subject's second exam ends in `_2`.
    """

    name: str = "tcga-lgg"
    title: str = "TCGA lower-grade gliomas"
    names_by_files: bool = True
    for_one_set: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether it holds exams of the set, and no images else."""
        try:
            return folder.is_dir() and bool(_exams(folder))
        except OSError:
            return False

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the exams, earliest first for each subject."""
        exams = _exams(folder)
        sequences = [kind for kind in _SEQUENCES if kind == _FLAIR or any(kind in exam.volumes for exam in exams)]
        return [_case(name, exam, sequences) for name, exam in _named(exams)]

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find the masks of exams by the names of their cases."""
        wanted = {case.name for case in cases}
        found = ((name, _mask(exam)) for name, exam in _named(_exams(folder)) if name in wanted)
        return {name: mask for name, mask in found if mask is not None}

    def label_names(self, folder: Path) -> Mapping[int, str]:  # noqa: ARG002 - the same in all of the set
        """Return what a mask marks."""
        return {1: "tumour"}


FOLDER = GliomaFolder()


@dataclass
class _Exam:
    """The files of one exam: slices and those of the mask, or volumes by what they hold."""

    subject: str
    date: str
    slices: list[Path] = field(default_factory=list)
    mask_slices: list[Path] = field(default_factory=list)
    volumes: dict[str, Path] = field(default_factory=dict)


def _exams(folder: Path) -> list[_Exam]:
    """Return the exams of a folder in order; none if there is anything in it that the set does not have."""
    for inner in _INNER:
        if (folder / inner).is_dir():
            return _exams(folder / inner)
    if match := _EXAM.match(folder.name):
        exam = _exam_of_slices(folder, match)
        return [] if exam is None else [exam]
    places = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith((".", "__"))]
    if not places:
        return _exams_of_volumes(folder)
    matches = [(path, match) for path in places if (match := _EXAM.match(path.name))]
    if len(matches) < len(places):
        return []
    found = [exam for path, match in matches if (exam := _exam_of_slices(path, match))]
    return found if len(found) == len(places) else []


def _exam_of_slices(folder: Path, match: re.Match[str]) -> _Exam | None:
    exam = _Exam(match["subject"], match["date"])
    for _, is_mask, path in sorted(_slices(folder)):
        (exam.mask_slices if is_mask else exam.slices).append(path)
    return exam if exam.slices else None


def _slices(folder: Path) -> Iterator[tuple[int, bool, Path]]:
    for path in folder.iterdir():
        match = _SLICE.match(path.name.removeprefix(folder.name))
        if match and path.name.startswith(folder.name) and path.is_file():
            yield int(match["number"]), match["mask"] is not None, path


def _exams_of_volumes(folder: Path) -> list[_Exam]:
    exams: dict[tuple[str, str], _Exam] = {}
    for path in sorted(folder.iterdir()):
        match = _VOLUME.match(path.name)
        if match and path.is_file():
            key = match["subject"], match["date"] or ""
            exams.setdefault(key, _Exam(*key)).volumes[match["kind"].lower()] = path
        elif path.name.lower().endswith((".nii", ".nii.gz")) and not path.name.startswith("."):
            return []
    found = [exam for _, exam in sorted(exams.items())]
    return found if all(_FLAIR in exam.volumes for exam in found) else []


def _named(exams: Sequence[_Exam]) -> list[tuple[str, _Exam]]:
    """Name exams after their subjects, sorted by name; a subject's second exam ends in "_2"."""
    counts: dict[str, int] = {}
    named = {}
    for exam in sorted(exams, key=lambda exam: (exam.subject, exam.date)):
        count = counts[exam.subject] = counts.get(exam.subject, 0) + 1
        named[exam.subject if count == 1 else f"{exam.subject}_{count}"] = exam
    return sorted(named.items())


def _case(name: str, exam: _Exam, sequences: Sequence[str]) -> FoundCase:
    if exam.slices:
        image = FoundImage(tuple(exam.slices), reader="picture", channels=tuple(_SEQUENCES.values()))
        return FoundCase(name, (image,), _mask(exam), exam.subject)
    images = tuple(
        FoundImage((exam.volumes.get(kind, exam.volumes[_FLAIR]),), name=_SEQUENCES[kind]) for kind in sequences
    )
    missing = [_SEQUENCES[kind] for kind in sequences if kind not in exam.volumes]
    words = f"{exam.volumes[_FLAIR]}: found no {' and no '.join(missing)} image; FLAIR stands in, as in the set itself."
    notes = (FileNote(NoteKind.OTHER, Verdict.NOTED, words),) if missing else ()
    return FoundCase(name, images, _mask(exam), exam.subject, notes=notes)


def _mask(exam: _Exam) -> FoundImage | None:
    if exam.slices:
        return FoundImage(tuple(exam.mask_slices), reader="picture", meaning=_WHITE) if exam.mask_slices else None
    path = exam.volumes.get("mask")
    return None if path is None else FoundImage((path,))
