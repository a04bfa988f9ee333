"""One training, from its labels to its judgement."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from napari_medal.catalogue.models import ModelVersion, NewModel
from napari_medal.core.annotation import Annotation
from napari_medal.core.case import Split
from napari_medal.core.evaluation import Evaluation
from napari_medal.core.learning import EnsembleKind, Learning
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import Device
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.training import Training
from napari_medal.engine.weights import load_members
from napari_medal.errors import ModelError, SettingsError
from napari_medal.loop.calibration import Calibration, Calibrator
from napari_medal.loop.counted import counted, taught
from napari_medal.loop.evaluation_table import EvaluationTable
from napari_medal.loop.examination import Examination
from napari_medal.loop.first_weights import FirstWeights, first_weights
from napari_medal.loop.gate import Verdict, decide
from napari_medal.loop.interrupted import Interrupted
from napari_medal.loop.judging import Observer, asking_of, judge, load_ensemble, outputs, project_device
from napari_medal.loop.labelled import Gathered, gather, labelled_cases
from napari_medal.loop.members import train_members
from napari_medal.loop.model_card import CardFacts
from napari_medal.loop.model_records import programs, split_counts
from napari_medal.loop.out_of_fold import OutOfFold
from napari_medal.loop.planning import plan_from
from napari_medal.loop.priors import Priors, class_priors
from napari_medal.loop.pseudo_labels import FREQUENCY, PseudoLabel, pseudo_labels
from napari_medal.loop.session import Session
from napari_medal.loop.splitting import draw_splits
from napari_medal.loop.training_record import PseudoLabelled, TrainingRecord

_WATCHED = 8
"""Validation cases that the live curve is drawn from; the gate takes all of them."""


@dataclass(frozen=True)
class Judged:
    """What the validation set says of new weights; nothing but a verdict without one."""

    verdict: Verdict
    evaluation: Evaluation | None = None
    table: EvaluationTable | None = None
    calibration: Calibration | None = None


@dataclass(frozen=True, eq=False)
class Trained:
    """New weights, how they came about, the priors that their answers are rid of, and the state to be deleted."""

    members: list[Weights]
    record: TrainingRecord
    priors: Priors | None
    interrupted: Interrupted


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """Everything that a training needs.

    Args:
        session: The session.
        task: The task.
        recipe: Its recipe.
        learning: How it learns.
        device: Where to compute.
        plan: How the network is fed.
        live: The version that serves.
        first: The weights to begin with.
        gathered: The labels.
        pseudo: What the live model adds to them.
        progress: Told of each step.
    """

    session: Session
    task: str
    recipe: Recipe
    learning: Learning
    device: Device
    plan: Plan
    live: ModelVersion | None
    first: FirstWeights
    gathered: Gathered
    pseudo: tuple[PseudoLabel, ...]
    progress: Progress

    @property
    def seed(self) -> int:
        """The seed of the next version."""
        return self.session.project.settings.training.seed + self.session.project.models.next_number(self.task)

    def training(self) -> Training:
        """Say what is trained."""
        start = self.first.version
        return Training(
            recipe=self.recipe,
            plan=self.plan,
            channels=self.gathered.channels,
            outputs=outputs(self.session, self.task),
            examples=[*self.gathered.examples, *(label.example for label in self.pseudo)],
            start=None if start is None else load_members(start.folder)[-1],
            seed=self.seed,
            device=self.device,
            learning=self.learning,
            frequencies=self._frequencies(),
            shrunk=self.first.shrunk,
            judge=self._watch if self.gathered.validation else None,
        )

    def train(self, training: Training, foreign: Path | None = None) -> Trained:
        """Train the members, going on from where an interrupted training of the same labels stopped."""
        interrupted = Interrupted(self.session.project.layout.interrupted(self.task), self._identity(training, foreign))
        subjects = [entry.case.subject for entry in self.gathered.training]
        left_out = OutOfFold(self.session, self.task, self.gathered, self.ensemble, self.progress)
        folded = left_out.add if self.learning.ensemble is EnsembleKind.FOLDS else None
        kind = self.learning.ensemble
        starts: list[Weights] = []
        if kind is EnsembleKind.DEEP and self.first.version is not None:
            starts = load_members(self.first.version.folder)
        members = train_members(training, kind, subjects, interrupted, self.progress, folded, starts)
        record = TrainingRecord(
            learning=self.learning,
            began_with="random weights" if foreign is None and training.is_cold else self.first.reason,
            seed=training.seed,
            fresh=len(self._fresh()),
            pseudo_labelled=tuple(PseudoLabelled(label.case, label.model) for label in self.pseudo),
            cross_validation=left_out.metrics(),
        )
        return Trained(members, record, self._priors(), interrupted)

    def ensemble(self, members: list[Weights], priors: Priors | None = None) -> Ensemble:
        """Make weights ready to predict."""
        count = outputs(self.session, self.task)
        asking = asking_of(self.session, self.task, self.plan)
        return Ensemble(self.recipe, self.plan, self.gathered.channels, count, members, self.device, priors, asking)

    def judged(self, trained: Trained) -> Judged:
        """Judge new weights on the validation set, closely, and compare them with the live model."""
        validation = self.gathered.validation
        if not validation:
            return Judged(decide(None, None))
        scheme = self.session.scheme(self.task)
        annotations = {entry.case.name: entry.annotation for entry in validation}
        tolerance_mm = self.session.project.task_settings(self.task).tolerance_mm
        examination = Examination(scheme, annotations, self.progress, tolerance_mm)
        calibrator = Calibrator(self.recipe.target, scheme)
        ensemble = self.ensemble(trained.members, trained.priors)
        evaluation = self._judge(ensemble, len(validation), (examination.add, calibrator.add))
        verdict = decide(evaluation, self.live_evaluation(), [entry.case.subject for entry in validation])
        return Judged(verdict, evaluation, examination.table(), calibrator.calibration())

    def new_model(self, number: int, judged: Judged, seconds: float) -> NewModel:
        """Return the version as the catalogue takes it in."""
        started_from = None if self.first.version is None else self.first.version.number
        return NewModel(
            task=self.task,
            number=number,
            recipe=self.recipe.name,
            plan=self.plan,
            seconds=seconds,
            started_from=started_from,
            annotations=[entry.annotation.identifier for entry in self.gathered.training],
            metrics={} if judged.evaluation is None else judged.evaluation.metrics,
            goes_live=judged.verdict.goes_live,
            reason=judged.verdict.reason,
        )

    def facts(self, new: NewModel, judged: Judged, record: TrainingRecord) -> CardFacts:
        """Return what its card tells."""
        project = self.session.project
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
            record=record,
            split_seed=project.settings.splits.seed,
            programs=programs(),
            splits=split_counts(project.cases.all(), counted(self.session, self.task)),
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

    def _fresh(self) -> set[int]:
        """Return the positions of the labels that the weights to begin with have not seen."""
        start = self.first.version
        seen = frozenset() if start is None else start.annotations
        training = self.gathered.training
        return {place for place, entry in enumerate(training) if not _is_among(seen, entry.annotation)}

    def _frequencies(self) -> list[float]:
        """Draw new labels first, and what a model has labelled seldom."""
        fresh = self._fresh() if self.first.version is not None else set()
        own = [self.learning.fresh if place in fresh else 1.0 for place in range(len(self.gathered.training))]
        return [*own, *(FREQUENCY for _ in self.pseudo)]

    def _priors(self) -> Priors | None:
        if self.recipe.target is not Target.CLASS or not self.learning.balance.thresholding:
            return None
        return class_priors(self.gathered.examples, outputs(self.session, self.task))

    def _identity(self, training: Training, foreign: Path | None) -> object:
        """Return everything that the weights depend on."""
        return (
            self.recipe.name,
            asdict(training.plan),
            asdict(training.learning),
            (training.channels, training.outputs, training.seed, training.shrunk),
            None if self.first.version is None else self.first.version.number,
            [entry.annotation.identifier for entry in self.gathered.training],
            [entry.annotation.identifier for entry in self.gathered.validation],
            [(label.case, label.model) for label in self.pseudo],
            None if foreign is None else hashlib.sha256(foreign.read_bytes()).hexdigest(),
        )


def _require_taught(session: Session, task: str) -> None:
    """Refuse a task that learns from verified labels alone before there is any."""
    labels = counted(session, task)
    if labels and not taught(session, task):
        msg = f"Training '{task}' learns from verified labels alone; found {len(labels)} accepted and none verified."
        raise ModelError(msg)


def _is_among(seen: Collection[int], annotation: Annotation) -> bool:
    """Tell whether a label is among the annotations `seen`, itself or as what it verifies without a change."""
    verified = annotation.verified
    return annotation.identifier in seen or (
        verified is not None and verified.changed == 0 and verified.identifier in seen
    )


def prepare_run(
    session: Session, task: str, progress: Progress, learning: Learning | None = None, from_elsewhere: bool = False
) -> TrainingRun:
    """Draw the splits, plan, and read the labels.

    Args:
        session: The session.
        task: The task.
        progress: Told of each step.
        learning: How to learn; by default as the settings say.
        from_elsewhere: Whether the weights to begin with are not the project's.

    Raises:
        SettingsError: The recipe answers with something else than the task asks for.
        ModelError: No accepted label can be read, or none is verified where only those teach.
        JobCancelled: The person cancelled.
    """
    settings = session.project.task_settings(task)
    chosen = settings.learning if learning is None else learning
    recipe = session.extensions.recipes.get(settings.recipe)
    wanted = session.task(task).target
    if recipe.target is not wanted:
        msg = f"The task '{task}' asks for a {wanted}; the recipe '{recipe.name}' answers with a {recipe.target}."
        raise SettingsError(msg)
    _require_taught(session, task)
    device = project_device(session)
    draw_splits(session, task)
    first = (
        FirstWeights(None, False, "weights from elsewhere") if from_elsewhere else first_weights(session, task, recipe)
    )
    if chosen.ensemble is EnsembleKind.FOLDS and first.version is not None:
        first = FirstWeights(None, False, "random weights: the live model has seen what a fold leaves out")
    if first.version is not None and not settings.plan.applied(first.version.plan).continues(first.version.plan):
        first = FirstWeights(None, False, "random weights: medal.toml asks for another network, spacing or intensities")
    live = session.project.models.live(task)
    if first.version is None:
        cases = labelled_cases(session, task, Split.TRAINING)
        plan = plan_from(session, task, cases, recipe, device, progress).plan
        plan = replace(plan, cold_steps=first.cold_steps(plan.cold_steps))
    else:
        plan = settings.plan.applied(first.version.plan)
    plan = chosen.applied(plan)
    gathered = gather(session, task, plan, recipe.target, progress)
    pseudo: list[PseudoLabel] = []
    if live is not None and chosen.ensemble is not EnsembleKind.FOLDS:
        pseudo = pseudo_labels(session, live, plan, gathered.channels, device, chosen.pseudo_labels, progress)
    return TrainingRun(session, task, recipe, chosen, device, plan, live, first, gathered, tuple(pseudo), progress)
