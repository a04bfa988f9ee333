"""A class for each case, from a table."""

from pathlib import Path

from napari_medal.core.labels import LabelScheme
from napari_medal.errors import FormatError, SettingsError
from napari_medal.io.answer_table import read_answer_table

_CLASS_COLUMNS = ("class", "class_name", "label", "diagnosis", "value")


def read_class_table(path: Path, scheme: LabelScheme) -> dict[str, int]:
    """Read a CSV file with a header into class values by case name.

    The case is in the column called case, image, id or name, else in the first; folders and file endings are
    dropped. The class, by name or by value, is in the column called class, class_name, label, diagnosis or value, else
    in the second. Cells may be parted by comma, semicolon or tab; rows without a class are left out.

    Raises:
        FormatError: The table cannot be read, a class is not in the scheme, or a case has two classes.
    """
    return read_answer_table(path, "class", _CLASS_COLUMNS, lambda text, where: _class_value(text, scheme, where))


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
