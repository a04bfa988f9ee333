"""Folders with images in one subfolder and their masks in another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from napari_medal.core.case import Split
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.found_cases import FoundCases
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError
from napari_medal.io.case_name import case_name
from napari_medal.io.dataset_json import find_dataset_json
from napari_medal.io.discover import discover, match_masks
from napari_medal.io.exported_rows import ExportedRow, exported_rows
from napari_medal.io.installed import installed_files

_IMAGES = {"images": Split.UNDRAWN, "imagestr": Split.UNDRAWN, "imagests": Split.TEST}
_MASKS = ("labels", "labelstr", "labelsts", "masks")
_OTHER_FORMS = ("channel_names", "modality")


@dataclass(frozen=True)
class PairedFolder:
    """Reads `images/` with `labels/` or `masks/`, or `imagesTr/` with `labelsTr/`, in any case of letters.

    What lies in the first are cases, as in a plain folder; their masks have their names. `imagesTs` is the test set. In
    plain NIfTI that we have written, `annotations.csv` says which mask is whose, subjects, splits and which slices are
    right, and what `predicted.csv` names are drafts.
    """

    name: str = "paired"
    title: str = "folders of images and masks"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether it has subfolders of both kinds, and no table of another form."""
        try:
            if not (_subfolders(folder, _IMAGES) and _subfolders(folder, _MASKS)):
                return False
        except OSError:
            return False
        table = find_dataset_json(folder)
        return table is None or not any(word in table for word in _OTHER_FORMS)

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:  # noqa: ARG002
        """Find the cases and their masks.

        Raises:
            FormatError: Two cases have the same name, a case has two masks, or a table cannot be understood.
        """
        rows = exported_rows(folder)
        stated = {case_name(row.case): row for row in rows}
        cases: dict[str, FoundCase] = {}
        for place in _subfolders(folder, _IMAGES):
            for case in discover(place, installed_files().suffixes):
                if case.name in cases:
                    msg = f"{folder}: found the case {case.name} in two of its folders; wanted it in one."
                    raise FormatError(msg)
                found = replace(case, split=_IMAGES[place.name.lower()])
                row = stated.get(case.name)
                cases[case.name] = found if row is None else replace(found, subject=row.subject, split=row.split)
        masks = self.masks(folder, list(cases.values()))
        with_masks = (replace(cases[name], mask=masks.get(name, cases[name].mask)) for name in sorted(cases))
        return FoundCases(tuple(with_masks), _undecided(rows))

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find masks by the names of their cases; where our own tables have those of several tasks, none is taken.

        Raises:
            FormatError: A case has two masks, or a table cannot be understood.
        """
        rows, names = exported_rows(folder), {case.name for case in cases}
        if rows:
            by_case = {case_name(row.case): row.mask for row in rows if row.mask is not None}
            is_one = len(_tasks(rows)) == 1
            return {
                name: mask for name, mask in by_case.items() if is_one and name in names and mask.files[0].is_file()
            }
        found: dict[str, FoundImage] = {}
        for place in _subfolders(folder, _MASKS):
            for name, mask in match_masks(cases, place, installed_files().suffixes).items():
                if name in found:
                    msg = f"Case {name}: found two masks, {found[name].files[0]} and {mask.files[0]}; wanted one."
                    raise FormatError(msg)
                found[name] = mask
        return found


FOLDER = PairedFolder()


def _subfolders(folder: Path, names: Iterable[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.lower() in set(names) and path.is_dir())


def _tasks(rows: Iterable[ExportedRow]) -> list[str]:
    return sorted({row.task for row in rows if row.mask is not None})


def _undecided(rows: Iterable[ExportedRow]) -> tuple[str, ...]:
    tasks = _tasks(rows)
    if len(tasks) < 2:
        return ()
    words = f"The folder has masks of the tasks {', '.join(tasks)}; none was taken. Name the folder of one as labels."
    return (words,)
