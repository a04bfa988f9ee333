"""Commands about single cases: flag, reject, skip, reopen, note."""

from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, opened, say, say_json

if TYPE_CHECKING:
    from napari_medal.core.case import Case

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="The case's name.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("flag")(flag)
    app.command("reject")(reject)
    app.command("skip")(skip)
    app.command("reopen")(reopen)
    app.command("note")(note)


def flag(project: ProjectFolder, case: CaseName, as_json: AsJson = False) -> None:
    """Ask for a second look at a case; it is not exported until a label is accepted again."""
    from napari_medal.loop import answers

    with opened(project) as session:
        answers.flag(session, case)
        found = session.project.cases.get(case)
    _tell(found, as_json)


def reject(project: ProjectFolder, case: CaseName, as_json: AsJson = False) -> None:
    """Take a case out of the dataset: nothing learns from it, and it is not exported, whatever labels it has."""
    from napari_medal.loop import answers

    with opened(project) as session:
        answers.reject(session, case)
        found = session.project.cases.get(case)
    _tell(found, as_json)


def skip(project: ProjectFolder, case: CaseName, as_json: AsJson = False) -> None:
    """Put a case behind all others."""
    from napari_medal.loop import answers

    with opened(project) as session:
        answers.skip(session, case)
        found = session.project.cases.get(case)
    _tell(found, as_json)


def reopen(project: ProjectFolder, case: CaseName, as_json: AsJson = False) -> None:
    """Take up a case again that was accepted or put aside."""
    from napari_medal.loop import answers

    with opened(project) as session:
        answers.reopen(session, case)
        found = session.project.cases.get(case)
    _tell(found, as_json)


def note(
    project: ProjectFolder,
    case: CaseName,
    comment: Annotated[str | None, typer.Option("--comment", help="A remark, kept for good, never exported.")] = None,
    reader: Annotated[str, typer.Option("--reader", help="Who remarks.")] = "",
    difficulty: Annotated[
        int | None, typer.Option("--difficulty", help="1 (easy) to 5 (hard); 0 takes it back.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A word to find the case by; repeat it.")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="A tag to take away; repeat it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Note something about a case, and show what is noted."""
    from napari_medal.errors import SettingsError
    from napari_medal.loop.notes import add_comment, case_notes, set_difficulty, set_tags

    if comment is not None and not reader:
        msg = "A comment needs its reader; name them with --reader."
        raise SettingsError(msg)
    with opened(project) as session:
        if tag or untag:
            kept = set(session.project.cases.get(case).tags) - set(untag or [])
            set_tags(session, case, sorted(kept | set(tag or [])))
        if difficulty is not None:
            set_difficulty(session, case, difficulty or None)
        if comment is not None:
            add_comment(session, case, reader, comment)
        notes = case_notes(session, case)
    if as_json:
        say_json(notes)
        return
    say(f"{case}: difficulty {notes.difficulty or 'not said'}; tags: {', '.join(notes.tags) or 'none'}")
    for remark in notes.comments:
        say(f"  {remark.created_at:%Y-%m-%d %H:%M} {remark.reader}: {remark.text}")


def _tell(case: "Case", as_json: bool) -> None:
    if as_json:
        say_json(case)
    else:
        say(f"{case.name}: {case.state}.")
