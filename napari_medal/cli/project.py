"""Commands that make a project and look at it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, note, opened, say, say_json, watched
from napari_medal.cli.file_notes import tell_notes
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import LabelsAs
from napari_medal.core.verification import Verification

if TYPE_CHECKING:
    from napari_medal.core.quantity import Quantity
    from napari_medal.core.task_choices import TaskChoices
    from napari_medal.loop.adding import AddReport
    from napari_medal.loop.status import Status

Images = Annotated[Path, typer.Option("--images", help="Folder of images.")]
Labels = Annotated[
    Path | None, typer.Option("--labels", help="Masks, or a table (.csv) of classes or values, that exist already.")
]
SubjectPattern = Annotated[
    str | None,
    typer.Option("--subject-pattern", help="Regular expression that finds the subject in a case's name."),
]
LabelsAsOption = Annotated[
    LabelsAs, typer.Option("--labels-as", help="Labels that come along are accepted, or drafts to start from.")
]
Form = Annotated[
    str, typer.Option("--form", help="How the folder is arranged, such as bids; by default it is recognised.")
]
Repair = Annotated[
    bool, typer.Option("--repair", help="Repair what can be repaired; else such cases are listed as broken.")
]
Hidden = Annotated[
    bool, typer.Option("--pseudonyms", help="Replace the names of cases and subjects, which files say, by pseudonyms.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("new")(new)
    app.command("add")(add)
    app.command("status")(status)


def new(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A new or an empty folder.")],
    images: Images,
    task: Annotated[list[str], typer.Option("--task", help="segmentation, classification or regression; repeat it.")],
    labels: Labels = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", help="A label: value=name, or just the name; repeat it."),
    ] = None,
    class_name: Annotated[
        list[str] | None,
        typer.Option("--class", help="A class of the classification, where --label speaks of masks; repeat it."),
    ] = None,
    value: Annotated[str | None, typer.Option("--value", help="What the regression measures, such as age.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="Its unit, such as years.")] = "",
    low: Annotated[float | None, typer.Option("--low", help="The lowest value that may occur.")] = None,
    high: Annotated[float | None, typer.Option("--high", help="The highest value that may occur.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="The project's name; its folder's by default.")] = None,
    recipe: Annotated[str | None, typer.Option("--recipe", help="Another recipe than the task's own.")] = None,
    strategy: Annotated[str | None, typer.Option("--strategy", help="Another strategy than the task's own.")] = None,
    subject_pattern: SubjectPattern = None,
    labels_as: LabelsAsOption = LabelsAs.ANNOTATIONS,
    reading: Annotated[
        ReadingMode, typer.Option("--reading", help="How the model helps the reader.")
    ] = ReadingMode.CONCURRENT,
    verification: Annotated[
        Verification, typer.Option("--verification", help="Whether a second reader verifies every label.")
    ] = Verification.NONE,
    form: Form = "",
    repair: Repair = False,
    pseudonyms: Hidden = False,
    as_json: AsJson = False,
) -> None:
    """Make a project from a folder of images."""
    from dataclasses import replace

    from napari_medal.loop.adding import Source
    from napari_medal.loop.creating import Meanings, wishes
    from napari_medal.loop.making import ProjectWish, make_project
    from napari_medal.loop.session import installed_extensions

    extensions = installed_extensions()
    meanings = Meanings(label or [], class_name or [], _quantity(value, unit, low, high))
    asked = wishes(task, meanings, recipe, strategy, extensions)
    wanted = [replace(wish, reading=reading, verification=verification) for wish in asked]
    source = Source(
        images, labels, subject_pattern, labels_as=labels_as, form=form, repair=repair, pseudonyms=pseudonyms
    )
    with watched() as progress:
        wish = ProjectWish(project, name or project.resolve().name, wanted, source)
        report = make_project(wish, extensions, progress)
    _report(report, as_json, f"{project} is ready")


def _quantity(name: str | None, unit: str, low: float | None, high: float | None) -> "Quantity | None":
    """Return what is measured; None where nothing is.

    Raises:
        SettingsError: A part of it is missing.
    """
    from napari_medal.core.quantity import Quantity
    from napari_medal.errors import SettingsError

    if name is None and low is None and high is None and not unit:
        return None
    if name is None or low is None or high is None:
        msg = "A regression needs --value with a name, and the range in which it lies, --low and --high; found not all."
        raise SettingsError(msg)
    return Quantity(name, unit, low, high)


def add(
    project: ProjectFolder,
    images: Images,
    labels: Labels = None,
    subject_pattern: SubjectPattern = None,
    reader: Annotated[str, typer.Option("--reader", help="Who is named on the labels that come along.")] = "imported",
    labels_as: LabelsAsOption = LabelsAs.ANNOTATIONS,
    form: Form = "",
    repair: Repair = False,
    pseudonyms: Hidden = False,
    as_json: AsJson = False,
) -> None:
    """Add images, and labels that come with them, to a project."""
    from napari_medal.loop.adding import Source, add_cases

    source = Source(images, labels, subject_pattern, reader, labels_as, form, repair, pseudonyms)
    with opened(project) as session, watched() as progress:
        report = add_cases(session, source, progress)
    _report(report, as_json, str(project))


def status(project: ProjectFolder, as_json: AsJson = False) -> None:
    """Say how a project stands."""
    from napari_medal.loop.status import project_status

    with opened(project) as session:
        found = project_status(session)
    if as_json:
        say_json(found)
    else:
        _tell(found)


def _report(report: "AddReport", as_json: bool, what: str) -> None:
    if as_json:
        say_json(report)
        return
    drafted = f", {len(report.drafted)} with a draft to start from" if report.drafted else ""
    say(f"{what}: {len(report.added)} cases added, {len(report.labelled)} of them labelled{drafted}.")
    note(f"Read as: {report.form}.")
    if report.known_before:
        note(f"{len(report.known_before)} cases were there already and were left as they are.")
    if report.labelled_later:
        note(f"{len(report.labelled_later)} cases were there without a label, and have got theirs.")
    if report.mended:
        note(f"{len(report.mended)} cases that were broken can be used now.")
    for remark in report.remarks:
        note(remark)
    tell_notes(report.notes)
    for broken in report.broken:
        note(f"Broken: {broken.case}: {broken.reason}")
    for refused in report.refused_labels:
        note(f"Label refused: {refused.case}: {refused.reason}")


def _tell(found: "Status") -> None:
    say(f"{found.name}: {found.cases} cases of {found.subjects} subjects")
    say("  cases     " + ", ".join(f"{count} {state}" for state, count in found.states.items() if count))
    say("  subjects  " + ", ".join(f"{count} {split}" for split, count in found.splits.items() if count))
    for task in found.tasks:
        partly = f", {task.annotated_in_part} of them in part" if task.annotated_in_part else ""
        say(f"{task.name}: {', '.join(task.labels)}; {task.annotated} cases labelled{partly}; {task.reading} reading")
        say(f"  {_what_comes_next(task.choices)}")
        if task.second_reader is not None:
            say(f"  {task.second_reader.in_words}")
        for model in task.models:
            metrics = ", ".join(f"{name} {interval}" for name, interval in model.metrics.items())
            say(f"  model {model.number} ({model.status}) {metrics or 'not validated'}")
        if not task.models:
            say("  no model yet")
    kinds = Counter(one.kind for notes in found.notes.values() for one in notes)
    if kinds:
        say("  files     " + ", ".join(f"{count} {kind}" for kind, count in kinds.items()))
    for case in found.broken_cases:
        say(f"Broken: {case.name}: {case.reason}")
    for extension in found.broken_extensions:
        say(f"Broken extension: {extension.reason}")


def _what_comes_next(choices: "TaskChoices") -> str:
    drawn = f"one case in {choices.audit_every}" if choices.audit_every else "no case"
    return f"next by {choices.strategy}, unsure by {choices.measure}, {drawn} drawn at random"
