"""Commands about model versions: what they are worth, and which one serves."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched

if TYPE_CHECKING:
    from napari_medal.loop.evaluation_table import EvaluationTable
    from napari_medal.loop.report import ModelReport


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("report")(report)
    app.command("serve")(serve)
    app.command("export-model")(export_model)


def report(
    project: ProjectFolder,
    model: Annotated[int | None, typer.Option("--model", min=1, help="Its number; the live one by default.")] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Print the figures of a model version on the validation set, with intervals."""
    from napari_medal.loop.report import report as report_on

    with opened(project) as session:
        found = report_on(session, session.project.task(task), model)
    if as_json:
        say_json(found)
    else:
        _tell(found)


def serve(
    project: ProjectFolder,
    model: Annotated[int, typer.Argument(metavar="MODEL", min=1, help="The version's number.")],
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Let a model version serve, such as an earlier one, and predict with it."""
    from napari_medal.loop.serving import serve as serve_version

    with opened(project) as session, watched() as progress:
        found = serve_version(session, session.project.task(task), model, progress)
    if as_json:
        say_json(found)
        return
    say(f"Model {found.version.number} serves; it predicted {found.predicted} cases anew. {found.version.reason}")
    for left in found.unreadable:
        note(f"Left out: {left.case}: {left.reason}")


def export_model(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new or an empty folder.")],
    format_name: Annotated[str, typer.Option("--format", help="monai-bundle, torchscript or onnx.")] = "monai-bundle",
    model: Annotated[int | None, typer.Option("--model", min=1, help="Its number; the live one by default.")] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Write a model version for others' programs, with its card."""
    from napari_medal.loop.model_export import export_model as write_model

    with opened(project) as session, watched() as progress:
        found = write_model(session, session.project.task(task), model, format_name, out, progress)
    if as_json:
        say_json(found)
    else:
        say(f"Model {found.model}, {found.files} files: {found.folder}")


def _tell(found: "ModelReport") -> None:
    from napari_medal.loop.figure_names import figure_name, figure_text
    from napari_medal.loop.model_card import FILE_NAME

    version, table = found.version, found.table
    say(f"Model {version.number} ({version.status}), {table.cases} validation cases of {table.subjects} subjects.")
    say(version.reason)
    cells = [(figure.label or "all", figure_name(figure), figure_text(figure)) for figure in table.figures]
    widths = [max((len(line[column]) for line in cells), default=0) for column in range(3)]
    for line, figure in zip(cells, table.figures, strict=True):
        text = "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True))
        say(f"  {text}  {figure.cases} cases")
    _tell_lesions(table)
    if found.calibration is not None:
        say(f"Calibration: {found.calibration.reason}")
    note(f"Every case, and the model card: {version.folder / FILE_NAME}")


def _tell_lesions(table: "EvaluationTable") -> None:
    for lesions in table.lesions:
        for count in lesions.counts:
            if count.found + count.missed + count.false:
                say(f"  {lesions.label}, {count.size}: {count.found} found, {count.missed} missed, {count.false} false")
