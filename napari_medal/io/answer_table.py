"""One answer for each case, from a table."""

from collections.abc import Callable, Sequence
from pathlib import Path, PureWindowsPath
from typing import TypeVar

from napari_medal.errors import FormatError
from napari_medal.io.case_name import case_name, without_image_ending
from napari_medal.io.table_rows import table_rows

Answer = TypeVar("Answer")

_CASE_COLUMNS = ("case", "image", "id", "name")
_ACCEPTED_COLUMN = "accepted_at"
"""In our own tables; a model's answers are accepted never."""


def read_answer_table(
    path: Path, what: str, columns: Sequence[str], understand: Callable[[str, str], Answer]
) -> dict[str, Answer]:
    """Read a CSV file with a header into answers by case name.

    The case is in the column called case, image, id or name, else in the first; folders and file endings are dropped.
    Cells may be parted by comma, semicolon or tab; rows without an answer are left out. A table that we have written is
    one of readers' answers: what only a model has said is refused.

    Args:
        path: The file.
        what: What an answer is called.
        columns: Names of the column that it is in, in lower case, the first that is there; else it is the second.
        understand: Turns a cell, and the words for where it stands, into an answer.

    Raises:
        FormatError: The table cannot be read, an answer cannot be understood or is a model's, or a case has two.
    """
    rows = table_rows(path, f"the case and its {what}")
    case_column, answer_column = _columns(rows[0], what, columns, path)
    answers: dict[str, Answer] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) <= max(case_column, answer_column) or not row[answer_column].strip():
            continue
        _require_accepted(rows[0], row, what, f"{path}, line {line}")
        name = case_name(without_image_ending(PureWindowsPath(row[case_column].strip()).name))
        answer = understand(row[answer_column].strip(), f"{path}, line {line}")
        if answers.setdefault(name, answer) != answer:
            msg = f"{path}, line {line}: found a second {what} for the case {name}; wanted one."
            raise FormatError(msg)
    return answers


def _require_accepted(header: Sequence[str], row: Sequence[str], what: str, where: str) -> None:
    place = header.index(_ACCEPTED_COLUMN) if _ACCEPTED_COLUMN in header else None
    if place is not None and not (place < len(row) and row[place].strip()):
        msg = f"{where}: found a {what} that only a model has said; wanted one that a reader has accepted."
        raise FormatError(msg)


def _columns(header: list[str], what: str, wanted: Sequence[str], path: Path) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    case_column = next((names.index(name) for name in _CASE_COLUMNS if name in names), 0)
    answer_column = next((names.index(name) for name in wanted if name in names), 1)
    if case_column == answer_column:
        found = ", ".join(header)
        msg = f"{path}, line 1: found the columns {found}; wanted one for the case and one for the {what}."
        raise FormatError(msg)
    return case_column, answer_column
