"""A simulated reader who answers from the truth, so that the whole loop can be measured."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from napari_medal.atomic import write_text_atomic
from napari_medal.catalogue.project import create_project
from napari_medal.core.case import Case, Split
from napari_medal.core.progress import Progress
from napari_medal.core.target import Target
from napari_medal.errors import ProjectError, SettingsError
from napari_medal.loop.adding import copy_cases
from napari_medal.loop.judging import judge, load_ensemble, prepared_case, project_device
from napari_medal.loop.ranking import rank
from napari_medal.loop.reading_time import ReadingTime
from napari_medal.loop.recorded_times import recorded_time
from napari_medal.loop.round import retrain
from napari_medal.loop.session import Session, session_on
from napari_medal.loop.simulated_reader import ReaderKind, SimulatedReader
from napari_medal.loop.simulation_table import RoundFigures, table_text
from napari_medal.loop.truths import Truths


@dataclass(frozen=True)
class SimulationOptions:
    """How the simulated reader works.

    Args:
        start: Cases labelled before the first training, drawn at random.
        batch: Cases labelled in each round, the first of the ranking.
        rounds: Rounds after the first training.
        strategy: Acquisition strategy by name; "default" is the project's own.
        seed: Seed of the splits, the start and the strategy.
        kind: How exact the reader is.
        validation: Share of the subjects in the frozen validation set.
        test: Share of the subjects that figures are measured on, never labelled, never served.
        audits: Whether audits are drawn, as the task's settings say.
    """

    start: int
    batch: int
    rounds: int
    strategy: str = "default"
    seed: int = 0
    kind: ReaderKind = ReaderKind.PERFECT
    validation: float = 0.125
    test: float = 0.25
    audits: bool = True


@dataclass(frozen=True)
class SimulationReport:
    """The figures of every round, the table on disk, and the project that was worked on."""

    rounds: tuple[RoundFigures, ...]
    table: Path
    project: Path
    test_cases: int
    validation_cases: int


def simulate(
    session: Session,
    task: str,
    truth: Path,
    options: SimulationOptions,
    progress: Progress,
    announce: Callable[[RoundFigures], None] | None = None,
) -> SimulationReport:
    """Run the loop with a reader who answers from `truth` through the same calls as a person.

    A project that holds a label or a model already is left alone: the run works on a copy below its folder
    "simulations", with a reader as quick as the project's own readers have been.

    Args:
        session: The session.
        task: The task to answer.
        truth: Folder of masks, or a table of classes or values, or the folder that holds one.
        options: How the reader works.
        progress: Told of every step.
        announce: Called with the figures of each round as they come.

    Raises:
        SettingsError: There are too few cases with a known truth.
        FormatError, GeometryError: A truth that is needed cannot be read.
    """
    reading_time = recorded_time(session, task)
    if _is_untouched(session):
        return _Simulation(session, task, truth, options, progress, announce, reading_time).run()
    copy = _fresh_copy(session, progress)
    try:
        return _Simulation(copy, task, truth, options, progress, announce, reading_time).run()
    finally:
        copy.close()


class _Simulation:
    """One run."""

    def __init__(
        self,
        session: Session,
        task: str,
        truth: Path,
        options: SimulationOptions,
        progress: Progress,
        announce: Callable[[RoundFigures], None] | None,
        reading_time: ReadingTime,
    ) -> None:
        self._session = session
        self._task = task
        self._options = options
        self._progress = progress
        self._announce = announce
        self._truths = Truths(session, task, truth)
        self._reader = SimulatedReader(session, task, self._truths, options.kind, options.seed, reading_time)
        self._seconds = 0.0
        self._began = time.monotonic()

    def run(self) -> SimulationReport:
        """Draw the splits, label the start, and go round."""
        cases = [case for case in self._session.project.cases.all() if case.name in self._truths.known]
        pool, validation, test = self._draw(cases)
        table = self._session.project.folder / "simulation.csv"
        for case in validation:
            self._answer(case, counted=False)
        self._answer_all(self._start(pool))
        figures = [self._round(0, test)]
        self._keep(figures, table)
        for number in range(1, self._options.rounds + 1):
            chosen = self._next()
            if not chosen:
                break
            self._answer_all(chosen)
            figures.append(self._round(number, test))
            self._keep(figures, table)
        return SimulationReport(tuple(figures), table, self._session.project.folder, len(test), len(validation))

    def _draw(self, cases: Sequence[Case]) -> tuple[list[Case], list[Case], list[Case]]:
        """Divide the subjects among pool, validation and test."""
        subjects = sorted({case.subject for case in cases})
        order = np.random.default_rng(self._options.seed).permutation(len(subjects))
        shuffled = [subjects[position] for position in order]
        validating = max(1, round(self._options.validation * len(subjects)))
        testing = max(1, round(self._options.test * len(subjects)))
        groups = {
            Split.VALIDATION: set(shuffled[:validating]),
            Split.TEST: set(shuffled[validating : validating + testing]),
            Split.TRAINING: set(shuffled[validating + testing :]),
        }
        found = len([case for case in cases if case.subject in groups[Split.TRAINING]])
        if found < max(1, self._options.start):
            msg = (
                f"Found {len(cases)} cases with a known truth, of which {found} are left for the pool; wanted at "
                f"least {max(1, self._options.start)} to start with."
            )
            raise SettingsError(msg)
        for split, names in groups.items():
            self._session.project.cases.draw(sorted(names), split)
        drawn = {case.name: case for case in self._session.project.cases.all()}

        def of(split: Split) -> list[Case]:
            return [drawn[case.name] for case in cases if case.subject in groups[split]]

        return of(Split.TRAINING), of(Split.VALIDATION), of(Split.TEST)

    def _start(self, pool: Sequence[Case]) -> list[Case]:
        """Draw the first cases at random; for classes, one of each comes first."""
        random = np.random.default_rng([self._options.seed, 1])
        shuffled = [pool[int(position)] for position in random.permutation(len(pool))]
        first: dict[int, Case] = {}
        if self._session.task(self._task).target is Target.CLASS:
            for case in shuffled:
                first.setdefault(self._truths.class_of(case.name), case)
        chosen = list(first.values())
        rest = [case for case in shuffled if case not in chosen]
        return (chosen + rest)[: self._options.start]

    def _next(self) -> list[Case]:
        """Take the head of the ranking, as far as its truth is known."""
        name = None if self._options.strategy == "default" else self._options.strategy
        within = self._options.batch if self._options.audits else 0
        ranked = rank(self._session, self._task, name, self._options.seed, within)
        names = [entry.case for entry in ranked if entry.case in self._truths.known]
        return [self._session.project.cases.get(case) for case in names[: self._options.batch]]

    def _answer_all(self, cases: Sequence[Case]) -> None:
        for done, case in enumerate(cases):
            self._progress.step(done, len(cases), "Labelling")
            self._answer(case, counted=True)

    def _answer(self, case: Case, counted: bool) -> None:
        """Let the reader answer a case."""
        kept = self._reader.answer(case)
        self._seconds += sum(annotation.seconds_spent for annotation in kept) if counted else 0.0

    def _round(self, number: int, test: Sequence[Case]) -> RoundFigures:
        """Retrain, and measure the live model on the test cases."""
        retrain(self._session, self._task, self._progress)
        live = self._session.project.models.live(self._task)
        if live is None:
            msg = "No model went live in the first round."
            raise ProjectError(msg)
        target = self._session.task(self._task).target
        device = project_device(self._session)
        channels = prepared_case(self._session, test[0], live.plan, target).image.shape[0]
        ensemble = load_ensemble(self._session, live, channels, device)
        evaluation = judge(self._session, self._task, ensemble, test, self._truths.of, self._progress)
        annotated = self._session.project.annotations.current(self._task)
        cases = self._session.project.cases.all()
        labels = sum(1 for case in cases if case.name in annotated and case.split is Split.TRAINING)
        elapsed = time.monotonic() - self._began
        return RoundFigures(number, labels, self._seconds / 60.0, evaluation, live.number, elapsed)

    def _keep(self, figures: Sequence[RoundFigures], table: Path) -> None:
        """Write the table after every round, so that a run cut short leaves what it had."""
        write_text_atomic(table, table_text(figures))
        if self._announce is not None:
            self._announce(figures[-1])


def _is_untouched(session: Session) -> bool:
    """Tell whether a project holds no label, no model and no drawn subject."""
    project = session.project
    touched = any(project.annotations.latest(task) or project.models.all(task) for task in project.settings.tasks)
    return not touched and all(case.split is Split.UNDRAWN for case in project.cases.all())


def _fresh_copy(session: Session, progress: Progress) -> Session:
    """Make a project with the same settings and images, and nothing else, below this one."""
    layout = session.project.layout
    number = 1
    while layout.simulation(number).exists():
        number += 1
    copy = session_on(
        create_project(layout.simulation(number), session.project.settings), session.extensions, session.spare_cores
    )
    copy_cases(session.project, copy.project, progress)
    return copy
