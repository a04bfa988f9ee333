"""The rows of a table in a file."""

import csv
from pathlib import Path

from napari_medal.errors import FormatError

_DELIMITERS = ",;\t"


def table_rows(path: Path, columns: str) -> list[list[str]]:
    """Return the cells of a CSV file with its header; they may be parted by comma, semicolon or tab.

    Args:
        path: The file.
        columns: What its columns are, for people; there are two at least.

    Raises:
        FormatError: The file cannot be read, or has no header of two columns.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        header = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=header.count)
        rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        msg = f"{path}: found a table that cannot be read ({error}); wanted CSV in UTF-8."
        raise FormatError(msg) from error
    if not rows or len(rows[0]) < 2:
        found = f"the header {header.strip()!r}" if header.strip() else "no header"
        msg = f"{path}, line 1: found {found}; wanted at least two columns, {columns}."
        raise FormatError(msg)
    return rows
