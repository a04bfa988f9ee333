"""Make a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from napari_medal.catalogue.project import create_project
from napari_medal.catalogue.settings import ProjectSettings, TaskSettings, label_settings, palette_color
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.target import Target
from napari_medal.errors import SettingsError
from napari_medal.loop.session import Extensions, Session, session_on

PLAIN_TASKS = {Target.MASK: "segmentation", Target.CLASS: "classification"}
"""The task that is meant where a person only says what an answer is."""


@dataclass(frozen=True)
class TaskWish:
    """A task that a new project is to have, with its labels as they were typed: "1=anterior" or "benign"."""

    task: str
    labels: tuple[str, ...]
    recipe: str | None = None
    strategy: str | None = None
    reading: ReadingMode = ReadingMode.CONCURRENT


def wishes(
    tasks: Sequence[str],
    labels: Sequence[str],
    classes: Sequence[str],
    recipe: str | None,
    strategy: str | None,
    extensions: Extensions,
) -> list[TaskWish]:
    """Give each task its labels: `labels` are a mask's, `classes` a class's; a lone task may take either.

    Raises:
        SettingsError: A task is left without labels, or a recipe is named for several tasks.
        ExtensionError: A task is not installed.
    """
    if recipe is not None and len(tasks) > 1:
        msg = f"Found the recipe '{recipe}' for {len(tasks)} tasks; set each task's recipe in medal.toml instead."
        raise SettingsError(msg)
    found = []
    for name in tasks:
        is_mask = extensions.tasks.get(name).target is Target.MASK
        own = labels if is_mask else classes
        chosen = tuple(own or ((labels or classes) if len(tasks) == 1 else ()))
        if not chosen:
            option = "--label" if is_mask else "--class"
            msg = f"The task '{name}' has no labels; name each with {option}, such as {option} 1=anterior."
            raise SettingsError(msg)
        found.append(TaskWish(name, chosen, recipe, strategy))
    return found


def new_project(folder: Path, name: str, wishes: Sequence[TaskWish], extensions: Extensions) -> Session:
    """Make an empty project and open it.

    Raises:
        SettingsError: A label cannot be understood.
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
    extensions.recipes.get(recipe)
    return TaskSettings(
        labels=label_settings(parse_labels(wish.labels, task.target)),
        recipe=recipe,
        strategy=strategy,
        measure=task.measure,
        reading=wish.reading,
    )
