"""A table as the text of a file."""

import csv
import io
from collections.abc import Iterable


def table_text(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    """Return rows of cells with a separator between them, quoted where a cell needs it, a line each."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()
