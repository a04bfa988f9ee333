"""Commands for samples, datasets and the viewer."""

from pathlib import Path
from typing import Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, opened, say, say_json, watched
from napari_medal.core.case import Split


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("export")(export)
    app.command("verify")(verify)
    app.command("formats")(formats)
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
    with_predicted: Annotated[
        bool, typer.Option("--with-predicted", help="Let models answer where no reader did; marked everywhere.")
    ] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this task; may be repeated.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only cases with this tag; may be repeated.")] = None,
    split: Annotated[list[Split] | None, typer.Option("--split", help="Only this split; may be repeated.")] = None,
    verified_only: Annotated[
        bool, typer.Option("--verified-only", help="Only labels that a second reader has verified.")
    ] = False,
    confirmed: Annotated[
        bool,
        typer.Option("--confirm-no-personal-data", help="You have made sure that nothing tells who a patient is."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the accepted cases as a dataset, with a card and a manifest."""
    from napari_medal.loop.curating import Selection
    from napari_medal.loop.exporting import export as export_dataset

    selection = Selection(tuple(only or ()), tuple(tag or ()), tuple(split or ()), verified_only)
    with opened(project) as session, watched() as progress:
        report = export_dataset(
            session, out, format_name, progress, whole_only, with_predicted, confirmed, selection=selection
        )
    if as_json:
        say_json(report)
    else:
        say(f"{report.cases} cases, {report.files} files: {report.folder}")
        for case in report.left_out:
            say(f"left out: {case}")


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A dataset that was exported.")],
    as_json: AsJson = False,
) -> None:
    """Compare every file of a dataset with its manifest; exit code 1 if one is missing, changed or extra."""
    from napari_medal.export.verifying import verify as verify_dataset

    with watched() as progress:
        report = verify_dataset(folder, progress)
    if as_json:
        say_json(report)
    else:
        for what, names in (("missing", report.missing), ("changed", report.changed), ("extra", report.extra)):
            for name in names:
                say(f"{what}  {name}")
        say(
            f"{report.checked} files: "
            + ("all as they were written." if report.is_whole else "not as they were written.")
        )
    if not report.is_whole:
        raise typer.Exit(1)


def formats(as_json: AsJson = False) -> None:
    """List the formats that a dataset can be exported in."""
    from napari_medal.loop.session import installed_extensions

    found = {name: exporter.title for name, exporter in installed_extensions().exporters.working().items()}
    if as_json:
        say_json(found)
        return
    for name, title in found.items():
        say(f"{name:12}  {title}")


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
