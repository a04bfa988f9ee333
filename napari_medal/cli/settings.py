"""The command that shows and changes what a task asks for."""

from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say_json, terminal
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.verification import LearnFrom, Verification

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from napari_medal.core.offered_choices import Offer, OfferedChoices

_WHAT_WIDTH = 26
_NOW_WIDTH = 40
S = TypeVar("S", Verification, LearnFrom, ReadingMode)

_VERIFICATIONS = {
    Verification.NONE: "the reader who accepts a label",
    Verification.SECOND_READER: "another reader, who verifies it",
}
_TEACHING = {LearnFrom.ALL: "every accepted label", LearnFrom.VERIFIED: "those that a second reader has verified"}
_MODES = {
    ReadingMode.CONCURRENT: "its prediction is there from the start",
    ReadingMode.SECOND_READ: "the reader first, then the model",
    ReadingMode.TRIAGE: "it orders the list, and shows nothing else",
    ReadingMode.RULE_OUT: "likely negatives come last",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("settings")(settings)


def settings(
    project: ProjectFolder,
    strategy: Annotated[str | None, typer.Option("--strategy", help="What ranks the waiting cases.")] = None,
    measure: Annotated[str | None, typer.Option("--measure", help="What counts as unsure.")] = None,
    audit_every: Annotated[
        int | None, typer.Option("--audit-every", min=0, help="One case in so many is drawn at random; 0 for none.")
    ] = None,
    verification: Annotated[
        Verification | None, typer.Option("--verification", help="Whether a second reader verifies every label.")
    ] = None,
    learn_from: Annotated[LearnFrom | None, typer.Option("--learn-from", help="Which labels teach.")] = None,
    reading: Annotated[ReadingMode | None, typer.Option("--reading", help="How the model helps the reader.")] = None,
    retrain_after: Annotated[
        int | None,
        typer.Option("--retrain-after", min=0, help="Accepted cases until the viewer retrains; 0 for never."),
    ] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Show what a task asks for, and what else there is; with options, change it, in a project that is at work too."""
    from dataclasses import replace

    from napari_medal.loop.choices import choose, offered_choices

    asked = {
        "strategy": strategy,
        "measure": measure,
        "audit_every": audit_every,
        "verification": verification,
        "learn_from": learn_from,
        "reading": reading,
        "retrain_after": retrain_after,
    }
    changes = {name: value for name, value in asked.items() if value is not None}
    with opened(project) as session:
        before = offered_choices(session, session.project.task(task))
        chosen = replace(before.now, **changes)  # type: ignore[arg-type]  # each option has its field's type
        choose(session, before.task, chosen)
        after = offered_choices(session, before.task)
    if as_json:
        say_json(after)
    else:
        _tell(after)
    for remark in before.remarks_on(chosen):
        note(remark)
    if before.rescores(chosen):
        note(f"Scores that are there come from '{before.now.measure}'; make them anew: napari-medal predict {project}")


def _tell(found: "OfferedChoices") -> None:
    """Draw a table: what is asked for now, and what else there is."""
    from rich.table import Column, Table

    narrow = Column("what", max_width=_WHAT_WIDTH), Column("now", max_width=_NOW_WIDTH)
    table = Table(*narrow, "what else there is", title=found.task, show_lines=True)
    for what, option, now, others in _rows(found):
        table.add_row(f"{what}\n--{option}", now, others)
    terminal(is_result=True).print(table)


def _rows(found: "OfferedChoices") -> "Iterator[tuple[str, str, str, str]]":
    now = found.now
    yield "Which case comes next", "strategy", *_offered(found.strategies, now.strategy)
    yield "What counts as unsure", "measure", *_offered(found.measures, now.measure)
    drawn = f"{now.audit_every}: one case in so many" if now.audit_every else "0: none"
    yield "Drawn at random, to measure the model", "audit-every", drawn, "any number, 0 for none"
    yield "Who has the last word", "verification", *_worded(_VERIFICATIONS, now.verification)
    teaching, other = _worded(_TEACHING, now.learn_from)
    counts = f" ({found.verified} of {found.labels})" if now.learn_from is LearnFrom.VERIFIED else ""
    yield "Which labels teach", "learn-from", f"{teaching}{counts}", other
    yield "How the model helps", "reading", *_worded(_MODES, now.reading)
    after = f"{now.retrain_after}: after so many accepted cases" if now.retrain_after else "0: never by itself"
    yield "When the viewer retrains, for all tasks", "retrain-after", after, "any number, 0 for never"


def _offered(offers: "Sequence[Offer]", now: str) -> tuple[str, str]:
    """Return what is chosen with its sentence, and what is not, each on a line."""
    chosen = next(offer for offer in offers if offer.name == now)
    others = [f"{offer.name}: {offer.title}" for offer in offers if offer.name != now]
    return f"{chosen.name}: {chosen.title}\n{chosen.explained}".strip(), "\n".join(others)


def _worded(words: "Mapping[S, str]", now: "S") -> tuple[str, str]:
    """Return what is chosen, and what is not, each on a line."""
    return f"{now}: {words[now]}", "\n".join(f"{other}: {said}" for other, said in words.items() if other is not now)
