"""The command that asks for slices instead of whole cases."""

from typing import Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("slabs")(slabs)


def slabs(
    project: ProjectFolder,
    count: Annotated[int, typer.Option("--count", min=1, help="How many slabs.")] = 12,
    thickness: Annotated[int, typer.Option("--thickness", min=1, help="Axial slices in a slab.")] = 5,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """List slabs of axial slices to label next, counted from 1, where volumes are too large to label whole."""
    from napari_medal.acquisition.slabs import Slabs
    from napari_medal.loop.slabs import slabs as choose

    with opened(project) as session, watched() as progress:
        chosen = choose(session, session.project.task(task), Slabs(count, thickness), progress)
    if as_json:
        say_json(chosen)
        return
    for place, slab in enumerate(chosen, start=1):
        say(f"{place:4}  {slab.case}  {slab.reason}")
    if len(chosen) < count:
        note(f"No more than {len(chosen)} slabs are in doubt and wait for a label.")
