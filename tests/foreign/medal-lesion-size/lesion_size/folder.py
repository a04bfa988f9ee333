"""A folder whose table lists the exams."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.progress import Progress
from napari_medal.core.pseudonyms import Pseudonyms
from napari_medal.errors import FormatError

_TABLE = "exams.csv"
_COLUMNS = ("exam", "patient", "image", "mask")


@dataclass(frozen=True)
class ListedFolder:
    """Reads `exams.csv` with a row for each exam: exam, patient, image, and mask or nothing; files lie beside it."""

    name: str = "listed"
    title: str = "folder with a list of exams"
    names_by_files: bool = True

    def recognises(self, folder: Path) -> bool:
        """Tell whether the folder has such a table."""
        try:
            with (folder / _TABLE).open(encoding="utf-8", newline="") as stream:
                return tuple(next(csv.reader(stream), ())) == _COLUMNS
        except (OSError, UnicodeDecodeError):
            return False

    def find(self, folder: Path, pseudonyms: Pseudonyms, progress: Progress) -> Sequence[FoundCase]:
        """Find the exams, sorted by name."""
        return sorted(_exams(folder), key=lambda case: case.name)

    def masks(self, folder: Path, cases: Sequence[FoundCase]) -> Mapping[str, FoundImage]:
        """Find the masks of exams that were found elsewhere, by name."""
        wanted = {case.name for case in cases}
        return {case.name: case.mask for case in _exams(folder) if case.mask is not None and case.name in wanted}


FOLDER = ListedFolder()


def _exams(folder: Path) -> list[FoundCase]:
    with (folder / _TABLE).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [
        FoundCase(
            row["exam"],
            (_image(folder, row["image"]),),
            _image(folder, row["mask"]) if row["mask"] else None,
            subject=row["patient"],
        )
        for row in rows
    ]


def _image(folder: Path, name: str) -> FoundImage:
    path = folder / name
    if not path.is_file() or path.resolve().parent != folder.resolve():
        msg = f"{folder / _TABLE} names {name}; wanted a file that lies beside it."
        raise FormatError(msg)
    return FoundImage((path,))
