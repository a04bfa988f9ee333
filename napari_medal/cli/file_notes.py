"""Notes on files as a table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from napari_medal.core.file_note import FileNote

_MOST_NAMES = 3


def tell_notes(notes: "Mapping[str, Sequence[FileNote]]") -> None:
    """Print notes grouped by what they are about and what follows, beside the result; the first of each in full."""
    from rich.table import Table

    from napari_medal.cli.console import terminal

    groups: dict[tuple[str, str], dict[str, str]] = {}
    for case, found in notes.items():
        for one in found:
            groups.setdefault((one.kind.value, one.verdict.value), {}).setdefault(case, one.words)
    if not groups:
        return
    table = Table("about", "what follows", "cases", "the first of them")
    for (kind, verdict), cases in sorted(groups.items()):
        names = ", ".join(list(cases)[:_MOST_NAMES]) + (", ..." if len(cases) > _MOST_NAMES else "")
        table.add_row(kind, verdict, f"{len(cases)}: {names}", next(iter(cases.values())))
    terminal().print(table)
