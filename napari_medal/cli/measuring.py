"""Commands about figures that are read off masks."""

from pathlib import Path
from typing import Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("features")(features)
    app.command("associate")(associate)


def features(
    project: ProjectFolder,
    out: Annotated[Path | None, typer.Option("--out", help="A CSV file to write.")] = None,
    folds: Annotated[
        int, typer.Option("--folds", min=0, help="Train so many networks, to measure each labelled case unseen.")
    ] = 0,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Measure the labels and predictions of all cases, such as the shape of a tumour."""
    from napari_medal.atomic import write_text_atomic
    from napari_medal.errors import SettingsError
    from napari_medal.loop.cohort_features import cohort_features
    from napari_medal.loop.features_table import features_table
    from napari_medal.loop.measuring_unseen import measure_unseen

    if folds == 1:
        msg = "Found 1 fold; wanted two at least, or 0 for none."
        raise SettingsError(msg)
    with opened(project) as session, watched() as progress:
        name = session.project.task(task)
        if folds:
            measure_unseen(session, name, folds, progress)
        found = cohort_features(session, name, progress)
    for case in found.unreadable:
        note(f"left out: {case.case}: {case.reason}")
    if out is not None:
        write_text_atomic(out, features_table(found))
        say(f"{len(found.cases)} masks: {out}")
    elif as_json:
        say_json(found)
    else:
        say(features_table(found).rstrip("\n"))


def associate(
    project: ProjectFolder,
    table: Annotated[Path, typer.Option("--table", help="A CSV file with a row for each subject.")],
    out: Annotated[Path, typer.Option("--out", help="A new or an empty folder.")],
    key: Annotated[str, typer.Option("--key", help="The column that names subjects; the first by default.")] = "",
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="Only this column; may be repeated. Else all with 2 to 6 different values."),
    ] = None,
    stated: Annotated[bool, typer.Option("--stated", help="Only the pairs that the task's source tested.")] = False,
    task: TaskName = None,
) -> None:
    """Test what is measured on masks against what a table says of the subjects, such as genomic subtypes."""
    from napari_medal.loop.association import Question
    from napari_medal.loop.association import associate as test_all
    from napari_medal.loop.association_files import write_association
    from napari_medal.loop.association_words import association_words

    with opened(project) as session, watched() as progress:
        question = Question(table, key, tuple(column or ()), stated)
        found = test_all(session, session.project.task(task), question, progress)
        write_association(found, out, progress)
    for case in found.cohort.unreadable:
        note(f"left out: {case.case}: {case.reason}")
    for sentence in association_words(found):
        say(sentence)
    say(f"{out / 'association.md'}, with association.csv, association.png and features.csv beside it.")
