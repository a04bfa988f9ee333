"""Commands about how a task learns: cross-validation, and the learning rate."""

from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched

if TYPE_CHECKING:
    from napari_medal.engine.learning_rates import LearningRates

_LINES = 25
_BAR = 40


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("cross-validate")(cross_validate)
    app.command("find-rate")(find_rate)


def cross_validate(
    project: ProjectFolder,
    folds: Annotated[int, typer.Option("--folds", min=2, max=20, help="Trainings, each without a share.")] = 5,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Judge the recipe on every training label, by folds of the subjects; no model version is made."""
    from napari_medal.loop.cross_validation import cross_validate as run

    with opened(project) as session, watched() as progress:
        found = run(session, session.project.task(task), folds, progress)
    if as_json:
        say_json(found)
        return
    say(f"{found.folds} folds, {found.cases} labelled cases of {found.subjects} subjects; each was judged once.")
    for name, interval in found.metrics.items():
        say(f"  {name} {interval}")
    for left in found.unreadable:
        note(f"Left out: {left.case}: {left.reason}")


def find_rate(
    project: ProjectFolder,
    use: Annotated[bool, typer.Option("--use", help="Write the suggestion into medal.toml.")] = False,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Try learning rates from low to high on the accepted labels, and suggest one."""
    from napari_medal.loop.learning_rate import find_task_rate, use_rate

    with opened(project) as session, watched() as progress:
        name = session.project.task(task)
        found = find_task_rate(session, name, progress)
        if use and found.suggested is not None:
            use_rate(session, name, found.suggested)
    if as_json:
        say_json(found)
    else:
        draw(found)
    if found.suggested is None:
        note("The loss never fell; look at the labels, or try another loss.")
    elif use:
        note(f"medal.toml says learning_rate = {found.suggested:.2g} now.")


def draw(found: "LearningRates") -> None:
    """Draw the loss at each rate as a bar, and point at the suggestion."""
    lowest, highest = min(found.losses), max(found.losses)
    step = -(-len(found.rates) // _LINES)
    rows = list(zip(found.rates, found.losses, strict=True))[::step]
    marked = None
    if found.suggested is not None:
        marked = min((rate for rate, _ in rows), key=lambda rate: abs(rate / (found.suggested or rate) - 1.0))
    for rate, loss in rows:
        bar = "#" * round(_BAR * (loss - lowest) / max(highest - lowest, 1e-12))
        say(f"{rate:9.1e}  {loss:8.4f}  {bar}{'  <- ' if rate == marked else ''}")
    if found.suggested is not None:
        say(f"Suggested learning rate: {found.suggested:.2g}")
