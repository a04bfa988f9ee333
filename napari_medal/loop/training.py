"""Retrain on every accepted label, and let the new version serve if it is not worse."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from napari_medal.catalogue.models import ModelVersion, NewModel
from napari_medal.core.case import Split
from napari_medal.core.evaluation import Evaluation
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.recipe import Recipe
from napari_medal.engine.device import Device
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.foreign import Adoption, read_foreign
from napari_medal.engine.train import Training, train
from napari_medal.engine.weights import load_members, save_members
from napari_medal.errors import SettingsError
from napari_medal.loop.calibration import Calibration, Calibrator
from napari_medal.loop.counted import counted
from napari_medal.loop.evaluation_table import EvaluationTable
from napari_medal.loop.examination import Examination
from napari_medal.loop.gate import Verdict, decide
from napari_medal.loop.judging import Observer, judge, load_ensemble, outputs, project_device
from napari_medal.loop.labelled import Gathered, Unreadable, gather, labelled_cases, make_plan
from napari_medal.loop.model_card import CardFacts
from napari_medal.loop.model_records import programs, split_counts, write_records
from napari_medal.loop.session import Session
from napari_medal.loop.splitting import draw_splits

_WATCHED = 8
"""Validation cases that the live curve is drawn from; the gate takes all of them."""


@dataclass(frozen=True)
class TrainReport:
    """What came of a training: the version, how many cases it used, and those that could not be read.

    `adoption` says what was taken over from weights that were trained elsewhere.
    """

    version: ModelVersion
    trained_on: int
    validated_on: int
    unreadable: tuple[Unreadable, ...]
    adoption: Adoption | None = None


def train_model(session: Session, task: str, progress: Progress, start_from: Path | None = None) -> TrainReport:
    """Train the task's recipe on all accepted labels.

    Args:
        session: The session.
        task: The task.
        progress: Told of each step.
        start_from: Weights trained elsewhere, of which every tensor is taken over that fits by name and shape. Without
            them training starts from the live model where there is one.

    Raises:
        ModelError: No accepted label can be read, or no weights to start from can.
        JobCancelled: The person cancelled; no version was made.
    """
    began = time.monotonic()
    foreign = None if start_from is None else read_foreign(start_from)
    run = _prepare_run(session, task, progress, foreign)
    seed = session.project.settings.training.seed + session.project.models.next_number(task)
    adoptions: list[Adoption] = []
    members = train(replace(run.training(seed), foreign=foreign, adopted=adoptions.append), progress)
    trained = run.judged(members)
    progress.check()
    number = session.project.models.claim_number(task)
    new = run.new_model(number, trained, seconds=time.monotonic() - began)
    save_members(session.project.layout.model(task, number), members)
    write_records(session.project.layout.model(task, number), run.facts(new, trained, seed))
    version = session.project.models.add(new)
    gathered = run.gathered
    adoption = adoptions[0] if adoptions else None
    return TrainReport(version, len(gathered.training), len(gathered.validation), gathered.unreadable, adoption)


@dataclass(frozen=True)
class _Judged:
    """What the validation set says of new weights; nothing but a verdict without one."""

    verdict: Verdict
    evaluation: Evaluation | None = None
    table: EvaluationTable | None = None
    calibration: Calibration | None = None


@dataclass(frozen=True)
class _Run:
    """One training, from its labels to its judgement."""

    session: Session
    task: str
    recipe: Recipe
    device: Device
    plan: Plan
    live: ModelVersion | None
    start: ModelVersion | None
    gathered: Gathered
    progress: Progress

    def training(self, seed: int) -> Training:
        """Say what is trained."""
        return Training(
            recipe=self.recipe,
            plan=self.plan,
            channels=self.gathered.channels,
            outputs=outputs(self.session, self.task),
            examples=self.gathered.examples,
            start=None if self.start is None else load_members(self.start.folder)[-1],
            seed=seed,
            device=self.device,
            judge=self._watch if self.gathered.validation else None,
        )

    def judged(self, members: list[Weights]) -> _Judged:
        """Judge new weights on the validation set, closely, and compare them with the live model."""
        validation = self.gathered.validation
        if not validation:
            return _Judged(decide(None, None))
        count = outputs(self.session, self.task)
        ensemble = Ensemble(self.recipe, self.plan, self.gathered.channels, count, members, self.device)
        scheme = self.session.scheme(self.task)
        examination = Examination(scheme, {entry.case.name: entry.annotation for entry in validation}, self.progress)
        calibrator = Calibrator(self.recipe.target, scheme)
        evaluation = self._judge(ensemble, len(validation), (examination.add, calibrator.add))
        verdict = decide(evaluation, self.live_evaluation(), [entry.case.subject for entry in validation])
        return _Judged(verdict, evaluation, examination.table(), calibrator.calibration())

    def new_model(self, number: int, judged: _Judged, seconds: float) -> NewModel:
        """Return the version as the catalogue takes it in."""
        return NewModel(
            task=self.task,
            number=number,
            recipe=self.recipe.name,
            plan=self.plan,
            seconds=seconds,
            started_from=None if self.start is None else self.start.number,
            annotations=[entry.annotation.identifier for entry in self.gathered.training],
            metrics={} if judged.evaluation is None else judged.evaluation.metrics,
            goes_live=judged.verdict.goes_live,
            reason=judged.verdict.reason,
        )

    def facts(self, new: NewModel, judged: _Judged, seed: int) -> CardFacts:
        """Return what its card tells."""
        project = self.session.project
        annotated = counted(self.session, self.task)
        return CardFacts(
            task=self.task,
            labels=self.session.scheme(self.task).titles,
            number=new.number,
            written_at=datetime.now(UTC),
            recipe=new.recipe,
            plan=new.plan,
            device=str(self.device.torch),
            seconds=new.seconds,
            started_from=new.started_from,
            seed=seed,
            split_seed=project.settings.splits.seed,
            programs=programs(),
            splits=split_counts(project.cases.all(), annotated),
            training=new.annotations,
            validation=[entry.annotation.identifier for entry in self.gathered.validation],
            reason=new.reason,
            metrics=new.metrics,
            table=judged.table,
            calibration=judged.calibration,
        )

    def live_evaluation(self) -> Evaluation | None:
        """Judge the live model on the same set; None without either."""
        if self.live is None or not self.gathered.validation:
            return None
        ensemble = load_ensemble(self.session, self.live, self.gathered.channels, self.device)
        return self._judge(ensemble, len(self.gathered.validation))

    def _watch(self, ensemble: Ensemble) -> float:
        return self._judge(ensemble, _WATCHED).score

    def _judge(self, ensemble: Ensemble, count: int, observers: Sequence[Observer] = ()) -> Evaluation:
        cases = [entry.case for entry in self.gathered.validation[:count]]
        truth = self.gathered.truth(self.session, self.task, ensemble.plan, ensemble.target)
        confirmed = self.gathered.confirmed
        return judge(self.session, self.task, ensemble, cases, truth, self.progress, confirmed, observers)


def _prepare_run(session: Session, task: str, progress: Progress, foreign: Weights | None = None) -> _Run:
    """Draw the splits, plan, and read the labels."""
    recipe = session.extensions.recipes.get(session.project.task_settings(task).recipe)
    wanted = session.task(task).target
    if recipe.target is not wanted:
        msg = f"The task '{task}' asks for a {wanted}; the recipe '{recipe.name}' answers with a {recipe.target}."
        raise SettingsError(msg)
    device = project_device(session)
    draw_splits(session, task)
    live = session.project.models.live(task)
    goes_on = live is not None and live.recipe == recipe.name and foreign is None
    start = live if goes_on else None
    cases = labelled_cases(session, task, Split.TRAINING)
    plan = make_plan(session, cases, recipe, device, progress) if start is None else start.plan
    gathered = gather(session, task, plan, recipe.target, progress)
    return _Run(session, task, recipe, device, plan, live, start, gathered, progress)
