"""Commands of the loop: train, predict, rank, accept, simulate."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_medal.cli.console import AsJson, ProjectFolder, TaskName, note, opened, say, say_json, watched

if TYPE_CHECKING:
    from napari_medal.core.annotation import Annotation as Revision
    from napari_medal.engine.foreign import Adoption
    from napari_medal.loop.answers import Reading
    from napari_medal.loop.labelled import Unreadable
    from napari_medal.loop.session import Session
    from napari_medal.loop.simulated_reader import ReaderKind
    from napari_medal.loop.simulation_table import RoundFigures

_NAMES_SHOWN = 6


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("train")(train)
    app.command("predict")(predict)
    app.command("rank")(rank)
    app.command("accept")(accept)
    app.command("simulate")(simulate)


def train(
    project: ProjectFolder,
    start_from: Annotated[
        Path | None,
        typer.Option("--start-from", metavar="FILE", help="Weights trained elsewhere (safetensors or torch)."),
    ] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Train on every accepted label; the new model goes live if it is not worse."""
    from napari_medal.loop.training import train_model

    with opened(project) as session, watched() as progress:
        report = train_model(session, session.project.task(task), progress, start_from)
    if as_json:
        say_json(report)
        return
    version = report.version
    say(f"Model {version.number}, trained on {report.trained_on} cases in {version.seconds:.0f} s. {version.reason}")
    for name, interval in version.metrics.items():
        say(f"  {name} {interval}")
    if report.adoption is not None:
        _tell_adoption(report.adoption)
    _list_unreadable(report.unreadable)


def predict(project: ProjectFolder, task: TaskName = None, as_json: AsJson = False) -> None:
    """Let the live model predict every case that waits for a label."""
    from napari_medal.core.target import Target
    from napari_medal.loop.prediction import predict as predict_cases

    with opened(project) as session, watched() as progress:
        name = session.project.task(task)
        report = predict_cases(session, name, progress)
        draws = session.task(name).target is Target.MASK
    if as_json:
        say_json(report)
        return
    where = f"; masks lie below {project / 'predictions'}" if draws else ""
    say(f"Model {report.model.number} predicted {report.cases} cases{where}.")
    _list_unreadable(report.unreadable)


def rank(
    project: ProjectFolder,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Only the first so many.")] = None,
    strategy: Annotated[str | None, typer.Option("--strategy", help="Another strategy than the project's own.")] = None,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """List the cases that wait for a label, the most valuable first, with the reason."""
    from napari_medal.loop.ranking import rank as rank_cases
    from napari_medal.loop.rule_out import ruled_out

    with opened(project) as session:
        name = None if strategy == "default" else strategy
        ranked = rank_cases(session, session.project.task(task), name)[:top]
        put_last = ruled_out(session, session.project.task(task))
    if as_json:
        say_json(ranked)
        return
    for place, entry in enumerate(ranked, start=1):
        say(f"{place:4}  {entry.case}  {entry.reason}")
    if not ranked:
        note("No case waits for a label.")
    for name, reason in put_last.items():
        note(f"Not in the list: {name}: {reason}")


def accept(
    project: ProjectFolder,
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case's name.")],
    reader: Annotated[str, typer.Option("--reader", help="Who drew or said it.")],
    answer: Annotated[
        str | None, typer.Argument(metavar="[MASK]", help="A mask's file; for classification the class.")
    ] = None,
    value: Annotated[float | None, typer.Option("--value", help="For regression, the number.")] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="Reading time.")] = 0.0,
    slices: Annotated[
        str | None, typer.Option("--slices", help="Only these axial slices are right, counted from 1: 10-24,30.")
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Verify another reader's label; without an answer it is right as it is."),
    ] = False,
    task: TaskName = None,
    as_json: AsJson = False,
) -> None:
    """Accept a mask, a class, or a number, as the next revision of a case's label; or verify another reader's."""
    from napari_medal.core.slice_ranges import from_words
    from napari_medal.loop.answers import Reading
    from napari_medal.loop.verifying import shown_to_verify, verify_as_it_is

    with opened(project) as session:
        name = session.project.task(task)
        confirmed = None if slices is None else tuple(from_words(slices))
        mode = session.project.task_settings(name).reading
        reading = Reading(reader, seconds, confirmed=confirmed, mode=mode)
        said = answer if value is None else value
        if verify and said is None:
            annotation = verify_as_it_is(session, name, case, reading)
        else:
            shown = shown_to_verify(session, name, case, reading) if verify else reading
            annotation = _accept(session, name, case, said, shown)
    if as_json:
        say_json(annotation)
    else:
        say(f"{case}: revision {annotation.revision} by {annotation.reader} {_what_came_of(annotation)}.")


def _accept(session: "Session", task: str, case: str, answer: str | float | None, reading: "Reading") -> "Revision":
    """Keep what was said in the form that the task asks for.

    Raises:
        SettingsError: It was said in another form, or nothing was.
    """
    from napari_medal.core.target import Target
    from napari_medal.errors import SettingsError
    from napari_medal.loop.answers import accept_class, accept_file, accept_value

    target = session.task(task).target
    if isinstance(answer, float):
        return accept_value(session, task, case, answer, reading)
    if answer is None or target is Target.VALUE:
        wanted = {Target.MASK: "a mask's file", Target.CLASS: "a class", Target.VALUE: "--value with a number"}[target]
        msg = f"The task '{task}' wants {wanted} after the case's name; found {answer or 'nothing'}."
        raise SettingsError(msg)
    if target is Target.MASK:
        return accept_file(session, task, case, Path(answer), reading)
    scheme = session.scheme(task)
    label = scheme.by_value(int(answer)) if answer.isdigit() else scheme.by_name(answer)
    return accept_class(session, task, case, label.value, reading)


def simulate(
    project: ProjectFolder,
    truth: Annotated[Path, typer.Option("--truth", help="Folder of true masks, or a table of classes or values.")],
    start: Annotated[int, typer.Option("--start", min=1, help="Cases labelled before the first training.")] = 8,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Cases labelled in each round.")] = 4,
    rounds: Annotated[int, typer.Option("--rounds", min=0, help="Rounds after the first training.")] = 6,
    strategy: Annotated[str, typer.Option("--strategy", help="'default' is the project's own.")] = "default",
    seed: Annotated[int, typer.Option("--seed", help="Seed of the splits, the start and the strategy.")] = 0,
    kind: Annotated[
        str, typer.Option("--reader-kind", help="How exact the reader is: perfect, tolerant or noisy.")
    ] = "perfect",
    validation: Annotated[float, typer.Option(min=0, max=0.9, help="Share of subjects for validation.")] = 0.125,
    test: Annotated[float, typer.Option(min=0, max=0.9, help="Share of subjects that figures come from.")] = 0.25,
    audits: Annotated[
        bool, typer.Option("--audits/--no-audits", help="Whether cases are drawn to measure with.")
    ] = True,
    task: TaskName = None,
) -> None:
    """Run the loop with a reader who answers from the truth, and write a table of what happened.

    The last line printed is the table's path.
    """
    from napari_medal.loop.simulation import SimulationOptions
    from napari_medal.loop.simulation import simulate as run

    options = SimulationOptions(start, batch, rounds, strategy, seed, _reader_kind(kind), validation, test, audits)
    with opened(project) as session, watched() as progress:
        report = run(session, session.project.task(task), truth, options, progress, _announce)
    note(
        f"Measured on {report.test_cases} test cases; {report.validation_cases} more guard the gate. "
        f"The project is {report.project}."
    )
    say(str(report.table))


def _reader_kind(name: str) -> "ReaderKind":
    """Return the kind of reader called so.

    Raises:
        SettingsError: There is none.
    """
    from napari_medal.errors import SettingsError
    from napari_medal.loop.simulated_reader import ReaderKind

    try:
        return ReaderKind(name)
    except ValueError as error:
        msg = f"--reader-kind: found '{name}'; wanted {', '.join(ReaderKind)}."
        raise SettingsError(msg) from error


def _what_came_of(annotation: "Revision") -> str:
    from napari_medal.core.slice_ranges import in_words
    from napari_medal.loop.stage_words import correction_in_words

    if not annotation.accepted:
        return "kept as the first of a second read; accept again after a look at the prediction"
    if annotation.verified is not None:
        return f"accepted: verified, {correction_in_words(annotation.verified)}"
    if annotation.confirmed is None:
        return "accepted"
    return f"accepted in part: slices {in_words(annotation.confirmed)} of {annotation.slices}"


def _announce(figures: "RoundFigures") -> None:
    metric = figures.evaluation.primary
    say(
        f"round {figures.number}: {figures.labels} labels, {metric} {figures.evaluation.metrics[metric]}, "
        f"model {figures.live_model}, {figures.wall_seconds:.0f} s"
    )


def _tell_adoption(adoption: "Adoption") -> None:
    for what, names in (("Stayed random", adoption.missing), ("Not used", adoption.unused)):
        if names:
            shown = ", ".join(names[:_NAMES_SHOWN]) + (" and so on" if len(names) > _NAMES_SHOWN else "")
            note(f"{what}: {len(names)} tensors ({shown}).")
    note(f"Started from {len(adoption.taken)} tensors that fit by name and shape.")


def _list_unreadable(unreadable: "tuple[Unreadable, ...]") -> None:
    for entry in unreadable:
        note(f"Left out: {entry.case}: {entry.reason}")
