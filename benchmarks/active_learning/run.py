"""One arm on one set with one seed."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.active_learning.arms import Arm
from benchmarks.active_learning.choosing import Choice, Chooser
from benchmarks.active_learning.course import Course, Pick, Quality, Round
from benchmarks.active_learning.examining import Examined, examine
from benchmarks.active_learning.projects import Projects
from benchmarks.active_learning.sets import DataSet
from napari_medal.core.case import Split
from napari_medal.core.progress import Silent
from napari_medal.errors import ModelError
from napari_medal.loop.judging import load_ensemble, prepared_case, project_device
from napari_medal.loop.session import Session
from napari_medal.loop.simulated_reader import SimulatedReader
from napari_medal.loop.training import train_model
from napari_medal.loop.truths import Truths

WATCHED = "random"
"""The arm on whose models every doubt is compared with the error."""
MEASURES = (
    "pairwise-dice", "expected-dice", "entropy", "expected-entropy", "mutual-information", "variance", "margin",
    "variation-ratio", "least-confidence", "class-entropy", "mean-entropy",
)  # fmt: skip


def run(data: DataSet, arm: Arm, seed: int, work: Path) -> Course:
    """Label, train and measure, round after round."""
    began = time.process_time()
    projects = Projects(data, work, seed)
    with tempfile.TemporaryDirectory(dir=projects.base().parent) as folder:
        session = projects.begin(arm, Path(folder) / "project")
        try:
            return _Run(data, arm, seed, session, projects.truths(session), began).course()
        finally:
            session.close()


def full_data(data: DataSet, seed: int, work: Path) -> float:
    """Return the figure of a model that knows the whole pool."""
    projects = Projects(data, work, seed)
    with tempfile.TemporaryDirectory(dir=projects.base().parent) as folder:
        session = projects.full(Path(folder) / "project")
        try:
            return examined(data, Arm("full", "random"), session, projects.truths(session), ()).figure
        finally:
            session.close()


def examined(data: DataSet, arm: Arm, session: Session, truths: Truths, measures: Sequence[str]) -> Examined:
    """Let the live model answer for the test cases."""
    live = session.project.models.live(data.task)
    if live is None:
        msg = f"{session.project.folder}: no model went live."
        raise ModelError(msg)
    cases = [case for case in session.project.cases.all() if case.split is Split.TEST and case.name in truths.known]
    channels = prepared_case(session, cases[0], live.plan, session.task(data.task).target).image.shape[0]
    previous = None
    if arm.asking.previous and live.started_from is not None:
        previous = session.project.models.get(data.task, live.started_from)
    ensemble = load_ensemble(session, live, channels, project_device(session), previous)
    return examine(session, data.task, ensemble, cases, truths, measures)


class _Run:
    """A run under way."""

    def __init__(self, data: DataSet, arm: Arm, seed: int, session: Session, truths: Truths, began: float) -> None:
        self._data = data
        self._arm = arm
        self._session = session
        self._truths = truths
        self._began = began
        self._chooser = Chooser(data, arm, seed, session, truths)
        self._reader = SimulatedReader(session, data.task, truths, arm.kind, seed)
        self._minutes = 0.0
        self._rounds: list[Round] = []
        self._picks: list[Pick] = []
        self._quality: list[Quality] = []

    def course(self) -> Course:
        """Go round."""
        self._measure(0)
        for number in range(1, self._data.rounds + 1):
            chosen = self._chooser.choose(number)
            if not chosen:
                break
            for choice in chosen:
                self._label(number, choice)
            train_model(self._session, self._data.task, Silent())
            self._measure(number)
        return Course(tuple(self._rounds), tuple(self._picks), tuple(self._quality))

    def _label(self, number: int, choice: Choice) -> None:
        kept = self._reader.answer(self._session.project.cases.get(choice.case), choice.slices)
        seconds = sum(annotation.seconds_spent for annotation in kept)
        self._minutes += seconds / 60.0
        self._picks.append(Pick(number, choice.case, seconds, choice.figure, choice.reason))

    def _measure(self, number: int) -> None:
        own = self._session.project.task_settings(self._data.task).measure
        measures = MEASURES if self._arm.name == WATCHED and number > 0 else (own,)
        found = examined(self._data, self._arm, self._session, self._truths, measures)
        annotated = self._session.project.annotations.current(self._data.task)
        cases = self._session.project.cases.all()
        labels = sum(1 for case in cases if case.name in annotated and case.split is Split.TRAINING)
        live = self._session.project.models.live(self._data.task)
        seconds = time.process_time() - self._began
        self._rounds.append(Round(number, labels, self._minutes, found.figure, live.number if live else 0, seconds))
        self._quality += [Quality(number, measure, *found.telling(measure)) for measure in measures]
