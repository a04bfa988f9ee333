"""Make a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_medal.catalogue.project import create_project
from napari_medal.catalogue.settings import (
    ProjectSettings,
    TaskSettings,
    label_settings,
    palette_color,
    quantity_settings,
)
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.quantity import Quantity
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import Target
from napari_medal.core.task import Task
from napari_medal.core.usual_labels import UsualLabels
from napari_medal.core.verification import Verification
from napari_medal.errors import SettingsError
from napari_medal.loop.session import Extensions, Session, session_on

PLAIN_TASKS = {Target.MASK: "segmentation", Target.CLASS: "classification", Target.VALUE: "regression"}
"""The task that is meant where a person only says what an answer is."""


@dataclass(frozen=True)
class TaskWish:
    """A task that a new project is to have, with its labels as they were typed, "1=anterior" or "benign"; a task that
    measures has none, and a quantity.
    """  # noqa: D205

    task: str
    labels: tuple[str, ...] = ()
    recipe: str | None = None
    strategy: str | None = None
    reading: ReadingMode = ReadingMode.CONCURRENT
    quantity: Quantity | None = None
    verification: Verification = Verification.NONE


@dataclass(frozen=True)
class Meanings:
    """What answers mean, as it was typed: the labels of masks, the classes of a case, and what is measured."""

    labels: Sequence[str] = ()
    classes: Sequence[str] = ()
    quantity: Quantity | None = None


def wishes(
    tasks: Sequence[str],
    meanings: Meanings,
    recipe: str | None,
    strategy: str | None,
    extensions: Extensions,
) -> list[TaskWish]:
    """Give each task its meaning; a lone task may take labels as classes, and classes as labels.

    Raises:
        SettingsError: A task is left without labels or a quantity, or a recipe is named for several tasks.
        ExtensionError: A task is not installed.
    """
    if recipe is not None and len(tasks) > 1:
        msg = f"Found the recipe '{recipe}' for {len(tasks)} tasks; set each task's recipe in medal.toml instead."
        raise SettingsError(msg)
    found = []
    for name in tasks:
        target = extensions.tasks.get(name).target
        if target is Target.VALUE:
            found.append(TaskWish(name, (), recipe, strategy, quantity=_named(meanings.quantity, name)))
        else:
            labels = _labels_for(extensions.tasks.get(name), meanings, is_alone=len(tasks) == 1)
            found.append(TaskWish(name, labels, recipe, strategy))
    return found


def _named(quantity: Quantity | None, task: str) -> Quantity:
    if quantity is None:
        msg = f"The task '{task}' measures nothing; say what with --value, such as --value age --low 0 --high 120."
        raise SettingsError(msg)
    return quantity


def _labels_for(task: Task, meanings: Meanings, is_alone: bool) -> tuple[str, ...]:
    is_mask = task.target is Target.MASK
    own = meanings.labels if is_mask else meanings.classes
    chosen = tuple(own or ((meanings.labels or meanings.classes) if is_alone else ()))
    if not chosen and isinstance(task, UsualLabels):
        return task.labels
    if not chosen:
        option = "--label" if is_mask else "--class"
        msg = f"The task '{task.name}' has no labels; name each with {option}, such as {option} 1=anterior."
        raise SettingsError(msg)
    return chosen


def new_project(folder: Path, name: str, wishes: Sequence[TaskWish], extensions: Extensions) -> Session:
    """Make an empty project and open it.

    Raises:
        SettingsError: A label cannot be understood, or a recipe answers another kind of task.
        ExtensionError: A task is not installed.
        ProjectError: The folder is not empty.
    """
    tasks = {wish.task: _task_settings(wish, extensions) for wish in wishes}
    return session_on(create_project(folder, ProjectSettings(name=name, tasks=tasks)), extensions)


def parse_labels(texts: Sequence[str], target: Target) -> LabelScheme:
    """Understand labels typed as "value=name" or just "name".

    Without values, a mask's labels count from 1 and classes from 0.

    Raises:
        SettingsError: A text is neither, or a value is out of range.
    """
    first = 1 if target is Target.MASK else 0
    classes = []
    for position, text in enumerate(texts):
        value, separator, name = text.partition("=")
        if not separator:
            value, name = str(first + position), text
        if not value.strip().isdigit() or not first <= int(value) <= 255 or not name.strip():
            msg = f"Found the label '{text}'; wanted 'value=name' with a value from {first} to 255, such as '1=liver'."
            raise SettingsError(msg)
        classes.append(LabelClass(int(value), name.strip(), palette_color(position)))
    return LabelScheme(tuple(classes))


def _task_settings(wish: TaskWish, extensions: Extensions) -> TaskSettings:
    task = extensions.tasks.get(wish.task)
    strategy = wish.strategy or task.strategy
    extensions.strategies.get(strategy)
    recipe = wish.recipe or task.recipe
    answers = extensions.recipes.get(recipe).target
    if answers is not task.target:
        msg = f"The task '{wish.task}' asks for a {task.target}; the recipe '{recipe}' answers with a {answers}."
        raise SettingsError(msg)
    scheme = LabelScheme((), wish.quantity) if wish.quantity else parse_labels(wish.labels, task.target)
    return TaskSettings(
        labels=label_settings(scheme),
        quantity=quantity_settings(scheme),
        recipe=recipe,
        strategy=strategy,
        measure=task.measure,
        reading=wish.reading,
        verification=wish.verification,
    )
