"""Find the learning rate for a task's labels."""

from dataclasses import replace

from napari_medal.core.progress import Progress
from napari_medal.engine.learning_rates import LearningRates, find_learning_rate
from napari_medal.loop.session import Session
from napari_medal.loop.training_run import prepare_run


def find_task_rate(session: Session, task: str, progress: Progress) -> LearningRates:
    """Try learning rates on the accepted labels, with random weights, and keep nothing but the curve.

    A warm start takes 0.6 of the rate that the settings say, so the rate of a cold start is what is looked for.

    Raises:
        ModelError: No accepted label can be read.
        SettingsError: What the settings say of learning does not fit the task.
        JobCancelled: The person cancelled.
    """
    run = prepare_run(session, task, progress)
    return find_learning_rate(replace(run.training(), start=None, shrunk=False, judge=None), progress)


def use_rate(session: Session, task: str, rate: float) -> None:
    """Let the next trainings of a task peak at this learning rate; the project's settings keep it.

    Raises:
        SettingsError: The settings were changed meanwhile, and are not valid any more.
    """
    learning = session.project.task_settings(task).learning
    session.project.settings_file.set_learning(task, replace(learning, learning_rate=rate))
