"""Any tree with DICOM files in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.found_cases import FoundCases
from napari_medal.core.progress import Progress, Silent
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.dicom.exams import SortedCase, sort_exams
from napari_medal.io.dicom.header import Header
from napari_medal.io.dicom.referenced import Referenced
from napari_medal.io.dicom.signature import is_dicom
from napari_medal.io.dicom.tree import DicomTree, files_below

_READER = "dicom"
_LOOKED_AT = 60
_OTHER_IMAGES = (".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".png", ".jpg", ".jpeg", ".tif", ".tiff")


@dataclass(frozen=True)
class DicomFolder:
    """Sorts a tree of files, named and arranged in whatever way, by what their headers say.

    Series of one exam that share a frame of reference are the channels of a case; SEG and RTSTRUCT objects are the mask
    of the case whose series they refer to. Patients and exams get pseudonyms; no file's name goes into that of a case.
    """

    name: str = "dicom"
    title: str = "DICOM files"

    def recognises(self, folder: Path) -> bool:
        """Tell whether more of the first files below a folder are DICOM than other images."""
        if not folder.is_dir():
            return False
        first = list(islice(files_below(folder), _LOOKED_AT))
        others = sum(path.name.lower().endswith(_OTHER_IMAGES) for path in first)
        return sum(map(is_dicom, first)) > others

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:
        """Find the cases, sorted by name; a file that is damaged is a case of its own, and reading it says why."""
        tree = DicomTree.read(folder, progress)
        cases, strangers = _with_masks(sort_exams(tree.images, pseudonyms), tree.labels)
        damaged = [
            FoundCase(
                pseudonyms.exam("", path.relative_to(folder).as_posix()),
                (FoundImage((path,), _READER),),
                subject=pseudonyms.subject(path.relative_to(folder).as_posix()),
            )
            for path in tree.damaged
        ]
        found = tuple(sorted([*cases, *damaged], key=lambda case: case.name))
        return FoundCases(found, _remarks(strangers))

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find SEG and RTSTRUCT objects for cases by the series that they refer to, which `FoundImage.key` holds."""
        tree = DicomTree.read(folder, Silent())
        found, _ = _with_masks([SortedCase(replace(case, mask=None), "") for case in cases], tree.labels)
        return {case.name: case.mask for case in found if case.mask is not None}


FOLDER = DicomFolder()


def _with_masks(cases: Sequence[SortedCase], labels: Iterable[Header]) -> tuple[list[FoundCase], int]:
    """Give each label to the case whose series it refers to, else to the first one in its frame of reference.

    Returns the cases, and how many labels are no case's.
    """
    files: dict[str, list[Path]] = {}
    by_series = {image.key: entry.case.name for entry in reversed(cases) for image in entry.case.images if image.key}
    by_space = {entry.space: entry.case.name for entry in reversed(cases) if entry.space}
    seen: set[str] = set()
    strangers = 0
    for label in labels:
        if label.sop_instance in seen:
            continue
        seen.add(label.sop_instance)
        referenced = _referenced(label)
        names = [by_series[series] for series in sorted(referenced.series) if series in by_series]
        names += [by_space[space] for space in sorted(referenced.spaces) if space in by_space]
        if names:
            files.setdefault(names[0], []).append(label.path)
        else:
            strangers += 1
    with_masks = [
        replace(entry.case, mask=FoundImage(tuple(files[entry.case.name]), _READER))
        if entry.case.name in files
        else entry.case
        for entry in cases
    ]
    return with_masks, strangers


def _remarks(strangers: int) -> tuple[str, ...]:
    if not strangers:
        return ()
    files = "One SEG or RTSTRUCT object refers" if strangers == 1 else f"{strangers} SEG or RTSTRUCT objects refer"
    return (f"{files} to no image in the folder, and nothing was taken of that.",)


def _referenced(label: Header) -> Referenced:
    """Return what a label refers to; of damaged references what its own header says, and reading it will tell."""
    try:
        return Referenced.of(label)
    except FormatError:
        return Referenced(frozenset(), frozenset({label.frame_of_reference}))
