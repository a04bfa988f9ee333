"""Judge a recipe on every training label, by folds of the subjects, without making a version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from napari_medal.core.evaluation import Interval
from napari_medal.core.learning import EnsembleKind
from napari_medal.core.progress import Progress
from napari_medal.errors import ModelError
from napari_medal.loop.labelled import Unreadable
from napari_medal.loop.session import Session
from napari_medal.loop.training_run import prepare_run


@dataclass(frozen=True)
class CrossValidation:
    """What the folds say.

    Args:
        folds: How many there were.
        cases: Labelled cases, each judged by the one network that had not seen its subject.
        subjects: Their subjects.
        metrics: The task's metrics over all of them, with intervals.
        unreadable: Cases that were left out.
    """

    folds: int
    cases: int
    subjects: int
    metrics: Mapping[str, Interval]
    unreadable: tuple[Unreadable, ...]


def cross_validate(session: Session, task: str, folds: int, progress: Progress) -> CrossValidation:
    """Train a network for each fold, from random weights, and judge it on the subjects that it has not seen.

    The frozen validation set stays out of it. An interrupted run goes on where it was.

    Raises:
        ModelError: There are fewer labelled subjects than folds, or no label can be read.
        SettingsError: What the settings say of learning does not fit the task.
        JobCancelled: The person cancelled.
    """
    learning = replace(session.project.task_settings(task).learning, ensemble=EnsembleKind.FOLDS, members=folds)
    run = prepare_run(session, task, progress, learning)
    trained = run.train(run.training())
    trained.interrupted.clear()
    found = trained.record.cross_validation
    if found is None:
        msg = f"Cross-validation of '{task}' judged no case."
        raise ModelError(msg)
    entries = run.gathered.training
    subjects = len({entry.case.subject for entry in entries})
    return CrossValidation(folds, len(entries), subjects, found, run.gathered.unreadable)
