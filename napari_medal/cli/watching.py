"""The command that waits for new images."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, note, opened, say, say_json, watched
from napari_medal.core.target import LabelsAs
from napari_medal.errors import FormatError

if TYPE_CHECKING:
    from napari_medal.loop.adding import AddReport
    from napari_medal.loop.session import Session
    from napari_medal.loop.watching import WatchedFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("watch")(watch)


def watch(
    project: ProjectFolder,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of images that more are put into.")],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Masks, or a table, that come along; put them there first.")
    ] = None,
    subject_pattern: Annotated[
        str | None,
        typer.Option("--subject-pattern", help="Regular expression that finds the subject in a case's name."),
    ] = None,
    labels_as: Annotated[
        LabelsAs, typer.Option("--labels-as", help="Labels that come along are accepted, or drafts to start from.")
    ] = LabelsAs.ANNOTATIONS,
    form: Annotated[str, typer.Option("--form", help="Kind of folder; recognised by itself unless said.")] = "",
    repair: Annotated[bool, typer.Option("--repair", help="Repair what is repairable.")] = False,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Replace names that come from files by keyed pseudonyms.")
    ] = False,
    every: Annotated[float, typer.Option("--every", min=0.0, help="Seconds between two looks.")] = 10.0,
    once: Annotated[bool, typer.Option("--once", help="Add what does not change between two looks, and end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add images to a project as they come into a folder; Ctrl+C ends it."""
    from napari_medal.loop.adding import Source
    from napari_medal.loop.watching import WatchedFolder

    source = Source(
        folder, labels, subject_pattern, labels_as=labels_as, form=form, repair=repair, pseudonyms=pseudonyms
    )
    with opened(project) as session:
        watching = WatchedFolder(source)
        watching.look()
        if not once:
            note(f"Watching {folder}; Ctrl+C ends it.")
        while _pause(every):
            _add_due(session, watching, as_json, is_last=once)
            if once:
                return


def _pause(seconds: float) -> bool:
    """Wait; tell whether to go on: not after Ctrl+C."""
    import time

    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        note("No longer watched.")
        return False
    return True


def _add_due(session: "Session", watching: "WatchedFolder", as_json: bool, is_last: bool) -> None:
    """Look, add what is due, and tell of it.

    Raises:
        FormatError: The folder is missing or contradicts itself, and nobody looks again.
    """
    try:
        if not watching.look():
            return
        with watched() as progress:
            report = watching.add(session, progress)
    except FormatError as error:
        if is_last:
            raise
        note(f"Left for now: {error}")
        return
    if report.added or report.mended or report.labelled_later or report.broken or report.refused_labels:
        _tell(report, as_json)


def _tell(report: "AddReport", as_json: bool) -> None:
    if as_json:
        say_json(report)
        return
    came = (*report.added, *report.mended)
    cases = "1 case" if len(came) == 1 else f"{len(came)} cases"
    named = ", ".join((*came, *report.labelled_later))
    say(f"{cases} added, {len(report.labelled)} labelled: {named}.")
    for broken in report.broken:
        note(f"Broken: {broken.case}: {broken.reason}")
    for refused in report.refused_labels:
        note(f"Label refused: {refused.case}: {refused.reason}")
