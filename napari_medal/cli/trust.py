"""The command about how far to trust a model."""

from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched

if TYPE_CHECKING:
    from napari_medal.loop.trust import Trust


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trust")(trust)


def trust(
    project: ProjectFolder,
    top: Annotated[int, typer.Option("--top", min=0, help="How many doubtful predictions to list.")] = 10,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Say how good the model is by random cases, which predictions to distrust, what ranking saves, when to stop."""
    from napari_medal.loop.trust import trust as work_out

    with opened(project) as session, watched() as progress:
        found = work_out(session, session.project.task(task), progress)
    if as_json:
        say_json(found)
    else:
        _tell(found, top)


def _tell(found: "Trust", top: int) -> None:
    for title, sentences in (
        ("Audits", found.audits.sentences()),
        ("Ranking", (found.worth.in_words,)),
        ("Outlook", (found.outlook.advice,)),
    ):
        say(f"{title}:")
        for sentence in sentences:
            say(f"  {sentence}")
    if not found.qualities:
        note("Nothing is known yet of the predictions that wait.")
        return
    say(f"Predicted {found.audits.compared} of the cases that wait, the worst first:")
    for name, quality in list(found.qualities.items())[:top]:
        say(f"  {name}  {quality}")
    if not all(quality.reliable for quality in found.qualities.values()):
        note(f"These rest on {len(found.audits.points)} audits; with fewer than 20 they are rough.")
