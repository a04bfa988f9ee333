"""Retrain on every accepted label, and let the new version serve if it is not worse."""

import time
from dataclasses import dataclass

from napari_medal.catalogue.models import ModelVersion, NewModel
from napari_medal.core.case import Split
from napari_medal.core.evaluation import Evaluation
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.core.recipe import Recipe
from napari_medal.engine.device import Device
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.train import Training, train
from napari_medal.engine.weights import load_members, save_members
from napari_medal.errors import SettingsError
from napari_medal.loop.gate import decide
from napari_medal.loop.judging import judge, load_ensemble, outputs, project_device
from napari_medal.loop.labelled import Gathered, Unreadable, gather, labelled_cases, make_plan
from napari_medal.loop.session import Session
from napari_medal.loop.splitting import draw_splits

_WATCHED = 8
"""Validation cases that the live curve is drawn from; the gate takes all of them."""


@dataclass(frozen=True)
class TrainReport:
    """What came of a training: the version, how many cases it used, and those that could not be read."""

    version: ModelVersion
    trained_on: int
    validated_on: int
    unreadable: tuple[Unreadable, ...]


def train_model(session: Session, task: str, progress: Progress) -> TrainReport:
    """Train the task's recipe on all accepted labels, starting from the live model where there is one.

    Raises:
        ModelError: No accepted label can be read.
        JobCancelled: The person cancelled; no version was made.
    """
    began = time.monotonic()
    run = _prepare_run(session, task, progress)
    turn = session.project.models.next_number(task)
    members = train(run.training(seed=session.project.settings.training.seed + turn), progress)
    evaluation = run.evaluation(members)
    verdict = decide(evaluation, run.live_evaluation())
    progress.check()
    number = session.project.models.claim_number(task)
    save_members(session.project.layout.model(task, number), members)
    version = session.project.models.add(
        NewModel(
            task=task,
            number=number,
            recipe=run.recipe.name,
            plan=run.plan,
            seconds=time.monotonic() - began,
            started_from=None if run.start is None else run.start.number,
            annotations=[entry.annotation.identifier for entry in run.gathered.training],
            metrics={} if evaluation is None else evaluation.metrics,
            goes_live=verdict.goes_live,
            reason=verdict.reason,
        )
    )
    return TrainReport(version, len(run.gathered.training), len(run.gathered.validation), run.gathered.unreadable)


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

    def evaluation(self, members: list[Weights]) -> Evaluation | None:
        """Judge new weights on the validation set; None without one."""
        if not self.gathered.validation:
            return None
        count = outputs(self.session, self.task)
        ensemble = Ensemble(self.recipe, self.plan, self.gathered.channels, count, members, self.device)
        return self._judge(ensemble, len(self.gathered.validation))

    def live_evaluation(self) -> Evaluation | None:
        """Judge the live model on the same set; None without either."""
        if self.live is None or not self.gathered.validation:
            return None
        ensemble = load_ensemble(self.session, self.live, self.gathered.channels, self.device)
        return self._judge(ensemble, len(self.gathered.validation))

    def _watch(self, ensemble: Ensemble) -> float:
        found = self._judge(ensemble, _WATCHED)
        return found.metrics[found.primary].value

    def _judge(self, ensemble: Ensemble, count: int) -> Evaluation:
        cases = [entry.case for entry in self.gathered.validation[:count]]
        truth = self.gathered.truth(self.session, self.task, ensemble.plan, ensemble.target)
        return judge(self.session, self.task, ensemble, cases, truth, self.progress, self.gathered.confirmed)


def _prepare_run(session: Session, task: str, progress: Progress) -> _Run:
    """Draw the splits, plan, and read the labels."""
    recipe = session.extensions.recipes.get(session.project.task_settings(task).recipe)
    wanted = session.task(task).target
    if recipe.target is not wanted:
        msg = f"The task '{task}' asks for a {wanted}; the recipe '{recipe.name}' answers with a {recipe.target}."
        raise SettingsError(msg)
    device = project_device(session)
    draw_splits(session, task)
    live = session.project.models.live(task)
    start = live if live is not None and live.recipe == recipe.name else None
    cases = labelled_cases(session, task, Split.TRAINING)
    plan = make_plan(session, cases, recipe, device, progress) if start is None else start.plan
    gathered = gather(session, task, plan, recipe.target, progress)
    return _Run(session, task, recipe, device, plan, live, start, gathered, progress)
