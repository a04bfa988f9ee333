"""The command about what somebody should look at again."""

from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched

if TYPE_CHECKING:
    from napari_medal.core.second_look import SecondLook

_NAME_WIDTH = 24


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("second-looks")(second_looks)


def second_looks(
    project: ProjectFolder,
    folds: Annotated[int, typer.Option("--folds", min=2, max=20, help="Trainings, each without a share.")] = 3,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Show so many at most.")] = None,
    stored: Annotated[bool, typer.Option("--list", help="Show what the last search found; compute nothing.")] = False,
    dismiss: Annotated[
        list[str] | None, typer.Option("--dismiss", metavar="CASE", help="Call a case right; repeat it.")
    ] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """List labels that are likely wrong, cases unlike all others, and exams that are there twice."""
    from napari_medal.loop import second_looks as loop

    with opened(project) as session:
        name = session.project.task(task)
        for case in dismiss or ():
            loop.dismiss_case(session, name, case)
        if not (stored or dismiss):
            with watched() as progress:
                search = loop.search_second_looks(session, name, folds, progress)
            note(search.told)
            for left in search.unreadable:
                note(f"Left out: {left.case}: {left.reason}")
        found = loop.second_looks(session, name)[:top]
    if as_json:
        say_json(found)
        return
    for place, look in enumerate(found, 1):
        say(_line(place, look))
    if not found:
        note("Nothing to look at again.")


def _line(place: int, look: "SecondLook") -> str:
    return f"{place:4}. {look.case:<{_NAME_WIDTH}} {look.suspicion:.2f}  {look.kind}: {look.reason}"
