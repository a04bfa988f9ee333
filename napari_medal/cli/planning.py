"""The command that shows a plan before anything is trained."""

from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, opened, say, say_json, watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from napari_medal.loop.planning import Planned

_GIBIBYTE = 1024**3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


def plan(
    project: ProjectFolder,
    recipe: Annotated[str | None, typer.Option("--recipe", help="Another recipe than the task's own.")] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Show how a training from random weights would be done; change it under [tasks.NAME.plan] in medal.toml."""
    from napari_medal.loop.planning import plan_task

    with opened(project) as session, watched() as progress:
        planned = plan_task(session, session.project.task(task), recipe, progress)
    if as_json:
        say_json(planned)
        return
    for line in (*_of_the_data(planned), *_of_the_network(planned), *_of_the_training(planned)):
        say(line)


def _of_the_data(planned: "Planned") -> "Iterator[str]":
    found, chosen = planned.fingerprint, planned.plan
    kind = "labelled" if planned.labelled else "unlabelled"
    yield f"Looked at      {found.cases} {kind} cases, channels: {found.channels}{', 2D' if found.planar else ''}"
    yield f"Median case    {_by(found.median_shape)} voxels of {_by(found.spacing_mm)} mm (z, y, x)"
    yield f"Largest        {_by(found.largest_shape)} voxels"
    yield f"Spacing        {'of each case' if chosen.spacing_mm is None else f'{_by(chosen.spacing_mm)} mm'}"
    for place, channel in enumerate(chosen.particulars.looks_at or range(found.channels)):
        unit = chosen.intensities[place] if chosen.intensities else None
        how = (
            "each volume by itself"
            if unit is None
            else f"{unit.low:g} to {unit.high:g}, mean {unit.mean:.1f}, deviation {unit.deviation:.1f}, for all volumes"
        )
        yield f"Intensities    channel {channel + 1}: {how}"


def _of_the_network(planned: "Planned") -> "Iterator[str]":
    chosen = planned.plan
    yield f"Recipe         {planned.recipe}"
    yield f"Levels         {len(chosen.widths)}, widths {', '.join(map(str, chosen.widths))}"
    yield f"Kernels        {', '.join(_by(chosen.kernel(level)) for level in range(len(chosen.widths)))}"
    yield f"Strides        {', '.join(_by(stride) for stride in chosen.strides) or 'none'}"


def _of_the_training(planned: "Planned") -> "Iterator[str]":
    chosen = planned.plan
    on_labels = "" if chosen.particulars.draw is not None else f", {chosen.foreground:.0%} on labels"
    yield f"Patch          {_by(chosen.patch)} voxels, {chosen.batch} in a step{on_labels}"
    yield f"Steps          {chosen.cold_steps} from random weights, {chosen.warm_steps} from the live model"
    yield f"Learning rate  {chosen.learning_rate:g}, members: {chosen.members}"
    for place, words in enumerate(chosen.particulars.words):
        yield f"{'' if place else 'In its own way':<15}{words}"
    held, allowed = planned.step_bytes / _GIBIBYTE, planned.budget_bytes / _GIBIBYTE
    yield f"Memory         {held:.2f} GiB in a step, measured; {allowed:.2f} GiB may be used on {planned.device}"
    if not planned.fits:
        yield "               That is too much; training will try less at once by itself."


def _by(sides: "Sequence[float]") -> str:
    return " x ".join(f"{side:.4g}" for side in sides)
