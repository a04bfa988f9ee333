"""A class for each case, from a table."""

import csv
from pathlib import Path, PureWindowsPath

from napari_medal.core.labels import LabelScheme
from napari_medal.errors import FormatError, SettingsError
from napari_medal.io.case_name import case_name, without_image_ending

_CASE_COLUMNS = ("case", "image", "id", "name")
_CLASS_COLUMNS = ("class", "label", "diagnosis", "value")
_DELIMITERS = ",;\t"


def read_class_table(path: Path, scheme: LabelScheme) -> dict[str, int]:
    """Read a CSV file with a header into class values by case name.

    The case is in the column called case, image, id or name, else in the first; folders and file endings are
    dropped. The class, by name or by value, is in the column called class, label, diagnosis or value, else in
    the second. Cells may be parted by comma, semicolon or tab; rows without a class are left out.

    Raises:
        FormatError: The table cannot be read, a class is not in the scheme, or a case has two classes.
    """
    rows = _rows(path)
    case_column, class_column = _columns(rows[0], path)
    classes: dict[str, int] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) <= max(case_column, class_column) or not row[class_column].strip():
            continue
        name = case_name(without_image_ending(PureWindowsPath(row[case_column].strip()).name))
        value = _class_value(row[class_column].strip(), scheme, f"{path}, line {line}")
        if classes.setdefault(name, value) != value:
            msg = f"{path}, line {line}: found a second class for the case {name}; wanted one."
            raise FormatError(msg)
    return classes


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: found a table that cannot be read ({error}); wanted CSV in UTF-8."
        raise FormatError(msg) from error
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    if not rows or len(rows[0]) < 2:
        found = f"the header {header.strip()!r}" if header.strip() else "no header"
        msg = f"{path}, line 1: found {found}; wanted at least two columns, the case and its class."
        raise FormatError(msg)
    return rows


def _columns(header: list[str], path: Path) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    case_column = next((names.index(name) for name in _CASE_COLUMNS if name in names), 0)
    class_column = next((names.index(name) for name in _CLASS_COLUMNS if name in names), 1)
    if case_column == class_column:
        found = ", ".join(header)
        msg = f"{path}, line 1: found the columns {found}; wanted one for the case and one for the class."
        raise FormatError(msg)
    return case_column, class_column


def _class_value(text: str, scheme: LabelScheme, where: str) -> int:
    try:
        return scheme.by_value(int(text)).value
    except ValueError:
        pass
    try:
        return scheme.by_name(text).value
    except SettingsError as error:
        known = ", ".join(f"{label.name} ({label.value})" for label in scheme.classes)
        msg = f"{where}: found the class {text!r}; wanted one of {known}."
        raise FormatError(msg) from error
