"""The tables of a dataset that we have written as plain NIfTI."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from napari_medal.core.case import Split
from napari_medal.core.found_case import FoundImage
from napari_medal.core.mask_meaning import PREDICTED, MaskMeaning
from napari_medal.core.slice_ranges import from_words
from napari_medal.errors import FormatError, GeometryError
from napari_medal.io.dataset_json import file_in

_TABLES = {"predicted.csv": PREDICTED, "annotations.csv": ""}
_COLUMNS = frozenset({"case", "subject", "split", "task", "mask", "confirmed"})


@dataclass(frozen=True)
class ExportedRow:
    """What a table says of one answer; `mask` is None for a class or a value."""

    case: str
    subject: str
    split: Split
    task: str
    mask: FoundImage | None


def exported_rows(folder: Path) -> tuple[ExportedRow, ...]:
    """Read what models said, as drafts, and what readers accepted; nothing where there are no such tables.

    Raises:
        FormatError: A table is not as we write it.
    """
    found: list[ExportedRow] = []
    for name, draft in _TABLES.items():
        path = folder / name
        if path.is_file():
            found += [_row(row, folder, path, draft) for row in _lines(path)]
    return tuple(found)


def _lines(path: Path) -> list[Mapping[str, str]]:
    try:
        table = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        is_ours = set(table.fieldnames or ()) >= _COLUMNS
        return [{key: row[key] or "" for key in _COLUMNS} for row in table] if is_ours else []
    except (OSError, ValueError, csv.Error) as error:
        msg = f"{path}: found a table that cannot be read ({error}); wanted CSV in UTF-8."
        raise FormatError(msg) from error


def _row(row: Mapping[str, str], folder: Path, path: Path, draft: str) -> ExportedRow:
    try:
        confirmed = tuple(from_words(row["confirmed"])) if row["confirmed"] else None
        split = Split(row["split"])
    except (GeometryError, ValueError) as error:
        msg = f"{path}: found a row of the case {row['case']} that cannot be understood ({error})."
        raise FormatError(msg) from error
    mask = None
    if row["mask"]:
        mask = FoundImage((file_in(folder, row["mask"], path),), meaning=MaskMeaning(confirmed=confirmed, draft=draft))
    return ExportedRow(row["case"], row["subject"], split, row["task"], mask)
