"""A number for each case, from a table."""

from pathlib import Path

from napari_medal.core.quantity import Quantity
from napari_medal.errors import FormatError, SettingsError
from napari_medal.io.answer_table import read_answer_table


def read_value_table(path: Path, quantity: Quantity) -> dict[str, float]:
    """Read a CSV file with a header into numbers by case name, bit for bit.

    The case is in the column called case, image, id or name, else in the first; folders and file endings are dropped.
    The number is in the column called as the quantity is, else in the one called value, else in the second; it has a
    decimal point. Cells may be parted by comma, semicolon or tab; rows without a number are left out.

    Raises:
        FormatError: The table cannot be read, a number is none or outside the range, or a case has two.
    """

    def understand(text: str, where: str) -> float:
        try:
            return quantity.require(float(text), where)
        except SettingsError as error:  # a number, though it cannot be right
            raise FormatError(str(error)) from error
        except ValueError as error:
            msg = f"{where}: found {text!r}; wanted a number, the {quantity.title} with a decimal point."
            raise FormatError(msg) from error

    return read_answer_table(path, "value", (quantity.name.lower(), "value"), understand)
