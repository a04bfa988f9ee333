"""Answers of networks that have not seen the labels that they are compared with."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from napari_medal.core.learning import EnsembleKind
from napari_medal.core.progress import Progress
from napari_medal.engine.ensemble import Weights
from napari_medal.loop.interrupted import Interrupted
from napari_medal.loop.judging import Observer, compare
from napari_medal.loop.labelled import LabelledCase, Unreadable
from napari_medal.loop.members import train_members
from napari_medal.loop.out_of_fold import OutOfFold
from napari_medal.loop.session import Session
from napari_medal.loop.training_run import TrainingRun, prepare_run


@dataclass(frozen=True)
class Unseen:
    """What was compared.

    Args:
        cases: The labelled cases.
        unreadable: Those that were left out.
    """

    cases: tuple[LabelledCase, ...]
    unreadable: tuple[Unreadable, ...]


def answer_unseen(session: Session, task: str, folds: int, progress: Progress, observers: Sequence[Observer]) -> Unseen:
    """Train a network for each fold of the subjects, and show the observers its answer to each label left out.

    For cases of the validation set, which no fold learns from, the mean of all the networks answers. Of the weights
    nothing is kept; a search that was interrupted goes on with the fold that was on its way.

    Raises:
        ModelError: There are fewer labelled subjects than folds, or no label can be read.
        SettingsError: What the settings say of learning does not fit the task.
        JobCancelled: The person cancelled.
    """
    learning = replace(session.project.task_settings(task).learning, ensemble=EnsembleKind.FOLDS, members=folds)
    run = prepare_run(session, task, progress, learning)
    gathered = run.gathered
    training = replace(run.training(), seed=session.project.settings.training.seed, judge=None)
    interrupted = Interrupted(session.project.layout.interrupted_search(task), _facts(run))
    subjects = [entry.case.subject for entry in gathered.training]
    left_out = OutOfFold(session, task, gathered, run.ensemble, progress, observers)
    members = train_members(training, EnsembleKind.FOLDS, subjects, interrupted, progress, left_out.add)
    _validation(run, members, observers)
    interrupted.clear()
    return Unseen((*gathered.training, *gathered.validation), gathered.unreadable)


def _validation(run: TrainingRun, members: list[Weights], observers: Sequence[Observer]) -> None:
    gathered = run.gathered
    if not gathered.validation:
        return
    truth = gathered.truth(run.session, run.task, run.plan, run.recipe.target)
    cases = [entry.case for entry in gathered.validation]
    ensemble = run.ensemble(members)
    compare(run.session, run.task, ensemble, cases, truth, run.progress, gathered.confirmed, observers)


def _facts(run: TrainingRun) -> object:
    """Return everything that the weights depend on."""
    training = [(entry.annotation.identifier, entry.case.subject) for entry in run.gathered.training]
    return (run.recipe.name, asdict(run.plan), asdict(run.learning), run.gathered.channels, training)
