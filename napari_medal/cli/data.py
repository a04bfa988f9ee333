"""Commands for samples, export and the viewer."""

from pathlib import Path
from typing import Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, opened, say, say_json, watched


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("export")(export)
    app.command("sample")(sample)
    app.command("open")(open_viewer)
    app.command("demo")(demo)


def export(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or an empty folder.")],
    format_name: Annotated[str, typer.Option("--format", help="Format of the dataset.")] = "nifti",
    whole_only: Annotated[
        bool, typer.Option("--whole-only", help="Leave out cases of which only some slices are accepted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the accepted cases as a dataset."""
    from napari_medal.loop.exporting import export as export_dataset

    with opened(project) as session, watched() as progress:
        report = export_dataset(session, out, format_name, progress, whole_only)
    if as_json:
        say_json(report)
    else:
        say(f"{report.cases} cases, {report.files} files: {report.folder}")
        for case in report.left_out:
            say(f"left out: {case}")


def sample(
    name: Annotated[str, typer.Argument(metavar="NAME", help="hippocampus, or phantom for volumes made in code.")],
    out: Annotated[Path, typer.Option("--out", help="Where to put the folder.")] = Path("samples"),
    cases: Annotated[int, typer.Option("--cases", min=1, help="Number of phantoms.")] = 24,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the phantoms.")] = 0,
) -> None:
    """Get sample volumes with labels: a public set, or phantoms."""
    from napari_medal.loop.samples import get_sample

    with watched() as progress:
        found = get_sample(name, out, cases, seed, progress)
    say(f"images  {found.images}")
    say(f"labels  {found.labels}")
    say(f"terms   {found.terms}")


def open_viewer(
    project: Annotated[Path | None, typer.Argument(metavar="[PROJECT]", help="The project's folder.")] = None,
) -> None:
    """Open the viewer, on a project if one is named."""
    from napari_medal.gui.app import run_viewer

    run_viewer(project)


def demo(
    out: Annotated[Path, typer.Option("--out", help="A new or an empty folder.")] = Path("demo-output"),
    images: Annotated[Path | None, typer.Option("--images", help="Your own images instead of phantoms.")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="Their true masks.")] = None,
    sample_name: Annotated[str, typer.Option("--sample", help="phantom, or a public set.")] = "phantom",
    cases: Annotated[int, typer.Option("--cases", min=16, help="Number of phantoms.")] = 36,
    rounds: Annotated[int, typer.Option("--rounds", min=0, help="Rounds of the simulated reader.")] = 2,
) -> None:
    """Run the whole loop with a simulated reader, show the project in the viewer, and export the dataset."""
    from napari_medal.cli.demonstration import Demonstration

    Demonstration(out, rounds).run(images, labels, sample_name, cases)
