"""The command that looks at the geometry of a folder before there is a project."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, note, say_json, watched
from napari_medal.cli.file_notes import tell_notes

if TYPE_CHECKING:
    from napari_medal.loop.inspecting import CaseGeometry, Inspection


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("inspect")(inspect)


def inspect(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of images.")],
    labels: Annotated[Path | None, typer.Option("--labels", help="A folder of their masks.")] = None,
    form: Annotated[
        str, typer.Option("--form", help="How the folder is arranged, such as bids; by default it is recognised.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say how the images of a folder lie in space, and whether their masks fit; nothing is changed."""
    from napari_medal.loop.inspecting import inspect_folder
    from napari_medal.loop.session import installed_extensions

    with watched() as progress:
        found = inspect_folder(folder, labels, form, installed_extensions(), progress)
    if as_json:
        say_json(found)
    else:
        _tell(found)


def _tell(found: "Inspection") -> None:
    from rich.table import Table

    from napari_medal.cli.console import terminal

    table = Table("case", "channels", "shape (z, y, x)", "spacing in mm", "axes", "oblique", "mask", title=found.form)
    for case in found.cases:
        table.add_row(*_row(case))
    terminal(is_result=True).print(table)
    for remark in found.remarks:
        note(remark)
    tell_notes({case.name: case.notes for case in found.cases})


def _row(case: "CaseGeometry") -> tuple[str, ...]:
    if case.shape is None or case.spacing_mm is None:
        return case.name, "", "broken", "", case.orientation, "", ""
    return (
        case.name,
        str(case.channels),
        " x ".join(str(n) for n in case.shape),
        " x ".join(f"{mm:.4g}" for mm in case.spacing_mm),
        case.orientation,
        f"{case.obliquity_degrees:.1f}",
        case.mask.value,
    )
