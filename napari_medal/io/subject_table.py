"""What a table says of subjects."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from napari_medal.errors import FormatError
from napari_medal.io.table_rows import table_rows

_NOTHING = frozenset({"", "na", "n/a", "nan", "none", "null", "unknown", "?"})


@dataclass(frozen=True)
class SubjectTable:
    """A table with a row for each subject.

    Args:
        path: Where it was read.
        subjects: Names in the key column, in the table's order.
        columns: What each other column says, by subject; a cell that says nothing is left out.
    """

    path: Path
    subjects: tuple[str, ...]
    columns: Mapping[str, Mapping[str, str]]


def read_subject_table(path: Path, key: str = "") -> SubjectTable:
    """Read a CSV file with a header, whose first column, or the one called `key`, names subjects.

    Cells may be parted by comma, semicolon or tab. One that is empty or says NA, nan, none or unknown says nothing.

    Raises:
        FormatError: The table cannot be read, has no such column or one twice, or a subject has two rows.
    """
    header, *rows = table_rows(path, "the subject and what is known of it")
    names = [name.strip() for name in header]
    if len(set(names)) < len(names):
        msg = f"{path}, line 1: found the columns {', '.join(names)}; wanted each name once."
        raise FormatError(msg)
    if key and key not in names:
        msg = f"{path}, line 1: found no column '{key}'; it has {', '.join(names)}."
        raise FormatError(msg)
    place = names.index(key) if key else 0
    columns: dict[str, dict[str, str]] = {name: {} for at, name in enumerate(names) if at != place}
    subjects: list[str] = []
    for line, row in enumerate(rows, start=2):
        subject = row[place].strip() if place < len(row) else ""
        if not subject:
            continue
        if subject in subjects:
            msg = f"{path}, line {line}: found the subject {subject} again; wanted one row for each."
            raise FormatError(msg)
        subjects.append(subject)
        for name, cell in zip(names, row, strict=False):
            if name in columns and cell.strip().lower() not in _NOTHING:
                columns[name][subject] = cell.strip()
    return SubjectTable(path, tuple(subjects), columns)
