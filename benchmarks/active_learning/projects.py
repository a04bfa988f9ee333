"""The projects that runs begin with."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.active_learning.arms import OWN, Arm
from benchmarks.active_learning.sets import DataSet, order
from napari_medal.catalogue.project import open_project
from napari_medal.catalogue.settings import load_settings, save_settings
from napari_medal.core.case import Case, Split
from napari_medal.core.learning import AS_USUAL, Learning
from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.progress import Silent
from napari_medal.core.strategy import Strategy
from napari_medal.core.target import Target
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.session import Extensions, Session, installed_extensions, session_on
from napari_medal.loop.simulated_reader import SimulatedReader
from napari_medal.loop.training import train_model
from napari_medal.loop.truths import Truths
from napari_medal.registry import Registry, keeps

_STRATEGIES = "napari_medal.strategies"
_YARDSTICKS = {"worst": "WORST", "worst-a-minute": "WORST_A_MINUTE", "permuted": "PERMUTED", "cheapest": "CHEAPEST"}
_ALL_CORES = 1024
_FULL_STEPS = 4


class Projects:
    """Makes what the arms of one set and seed share.

    Args:
        data: The set.
        work: Where projects are kept.
        seed: Of the first labels, the weights and the reader.
    """

    def __init__(self, data: DataSet, work: Path, seed: int) -> None:
        self._data = data
        self._folder = work / data.name
        self._seed = seed

    def begin(self, arm: Arm, folder: Path) -> Session:
        """Open a copy of the project with the first labels and the first model."""
        shutil.copytree(self.start(arm.learning), folder)
        return self._open(folder, arm)

    def full(self, folder: Path) -> Session:
        """Label the whole pool, and train on it for four times as long as a first model."""
        shutil.copytree(self.base(), folder)
        changes = asdict(self._data.plan) | {"cold_steps": _FULL_STEPS * (self._data.plan.cold_steps or 0)}
        session = self._open(folder, Arm("full", "random"), PlanChanges(**changes))
        self._label(session, _of(session, Split.TRAINING))
        train_model(session, self._data.task, Silent())
        return session

    def truths(self, session: Session) -> Truths:
        """Return what is true of the set."""
        return Truths(session, self._data.task, self._data.gather(self._folder / "files").truth)

    def start(self, learning: Learning = AS_USUAL) -> Path:
        """Return the project with the first labels and the first model, which takes no pseudo-labels."""
        learning = replace(learning, pseudo_labels=0)
        place = self._folder / (f"start-{self._seed}" if learning == AS_USUAL else f"start-{self._seed}-dropout")
        if place.exists():
            return place
        base = self.base()
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            project = Path(folder) / "project"
            shutil.copytree(base, project)
            session = self._open(project, Arm("start", "random", learning=learning))
            self._label(session, self._first(session))
            train_model(session, self._data.task, Silent())
            session.close()
            project.rename(place)
        return place

    def base(self) -> Path:
        """Return the project with all cases, the splits, and the labels of the validation set: alike for all seeds."""
        place = self._folder / "base"
        if place.exists():
            return place
        self._folder.mkdir(parents=True, exist_ok=True)
        cohort = self._data.gather(self._folder / "files")
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            project = Path(folder) / "project"
            wish = TaskWish(self._data.task, self._data.labels)
            session = new_project(project, self._data.name, [wish], installed_extensions())
            add_cases(session, Source(cohort.images), Silent())
            known = self.truths(session).known
            subjects = sorted({case.subject for case in session.project.cases.all() if case.name in known}, key=order)
            first, last = self._data.validation, self._data.validation + self._data.test
            session.project.cases.draw(subjects[:first], Split.VALIDATION)
            session.project.cases.draw(subjects[first:last], Split.TEST)
            session.project.cases.draw(subjects[last:], Split.TRAINING)
            self._label(session, _of(session, Split.VALIDATION))
            session.close()
            project.rename(place)
        return place

    def _first(self, session: Session) -> list[Case]:
        """Draw the first cases at random; for classes, one of each comes first."""
        truths = self.truths(session)
        pool = _of(session, Split.TRAINING)
        shuffled = [pool[int(place)] for place in np.random.default_rng([self._seed, 1]).permutation(len(pool))]
        first: dict[int, Case] = {}
        if session.task(self._data.task).target is Target.CLASS:
            for case in shuffled:
                first.setdefault(truths.class_of(case.name), case)
        chosen = list(first.values())
        return (chosen + [case for case in shuffled if case not in chosen])[: self._data.start]

    def _label(self, session: Session, cases: Sequence[Case]) -> None:
        reader = SimulatedReader(session, self._data.task, self.truths(session))
        for case in cases:
            reader.answer(case)

    def _open(self, project: Path, arm: Arm, plan: PlanChanges | None = None) -> Session:
        """Open a project that works as an arm wants."""
        settings = load_settings(project)
        task = settings.tasks[self._data.task]
        changes: dict[str, Any] = {
            "asking": arm.asking,
            "learning": replace(arm.learning, learning_rate=self._data.learning_rate),
            "plan": plan or self._data.plan,
            "audit_every": task.audit_every if arm.audits else 0,
        }
        if arm.measure != OWN:
            changes["measure"] = arm.measure
        training = settings.training.model_copy(update={"seed": self._seed, "retrain_after": self._data.batch})
        tasks = {self._data.task: task.model_copy(update=changes)}
        save_settings(project, settings.model_copy(update={"tasks": tasks, "training": training}))
        return session_on(open_project(project), _extensions(), spare_cores=_ALL_CORES)


def _of(session: Session, split: Split) -> list[Case]:
    return [case for case in session.project.cases.all() if case.split is split]


def _extensions() -> Extensions:
    """Return what is installed, and the yardsticks."""
    found = installed_extensions()
    module = "benchmarks.active_learning.yardsticks"
    own = [EntryPoint(name, f"{module}:{what}", _STRATEGIES) for name, what in _YARDSTICKS.items()]
    strategies = Registry(_STRATEGIES, keeps(Strategy), [*entry_points(group=_STRATEGIES), *own])
    return Extensions(**{**vars(found), "strategies": strategies})
