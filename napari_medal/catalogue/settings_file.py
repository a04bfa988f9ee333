"""`medal.toml` while its project is open."""

import threading
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

import tomlkit

from napari_medal.atomic import write_text_atomic
from napari_medal.catalogue.settings import FILE_NAME, ProjectSettings, load_settings
from napari_medal.core.asking import PLAINLY, Asking
from napari_medal.core.learning import AS_USUAL, Learning
from napari_medal.core.reading_mode import ReadingMode
from napari_medal.core.task_choices import TaskChoices
from napari_medal.errors import SettingsError

_OF_ALL_TASKS = frozenset({"retrain_after"})
"""Choices that stand under [training], and not under a task."""


class SettingsFile:
    """The settings as they were read, and as they are changed from within. Safe to use from several threads.

    Raises:
        SettingsError: The file is missing or not valid.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._settings = load_settings(folder)

    @property
    def settings(self) -> ProjectSettings:
        """The settings in force."""
        return self._settings

    def set_reading(self, task: str, mode: ReadingMode) -> None:
        """Let readers and model share the readings of a task in another way; the rest of the file stays as it is.

        Raises:
            SettingsError: The file was changed meanwhile, and is not valid any more.
        """
        self._change(task, "reading", mode, mode.value)

    def set_learning(self, task: str, learning: Learning) -> None:
        """Let a task learn in another way; what is as usual is not written down, the rest of the file stays as it is.

        Raises:
            SettingsError: The file was changed meanwhile, and is not valid any more.
        """
        self._change(task, "learning", learning, _told(asdict(learning), asdict(AS_USUAL)))

    def set_asking(self, task: str, asking: Asking) -> None:
        """Let a task's models be asked in another way; what is as usual is not written down.

        Raises:
            SettingsError: The file was changed meanwhile, and is not valid any more.
        """
        told = _told(asdict(asking), asdict(PLAINLY))
        if asking.mirror:
            told["mirror"] = [mirror.value for mirror in asking.mirror]
        self._change(task, "asking", asking, told)

    def set_choices(self, task: str, choices: TaskChoices) -> None:
        """Let a task ask for other things; what stays as it was is not written, and all else stays as it is.

        Raises:
            SettingsError: The file was changed meanwhile, and is not valid any more.
        """
        with self._lock:
            before, after = asdict(self._settings.choices(task)), asdict(choices)
            changed = {name: value for name, value in after.items() if value != before[name]}
            if not changed:
                return
            document = self._document(task)
            for_all = {name: changed.pop(name) for name in _OF_ALL_TASKS & changed.keys()}
            _put(document["tasks"][task], changed)
            if for_all:
                _put(document.setdefault("training", tomlkit.table()), for_all)
            self._keep(document, task, changed, for_all)

    def _change(self, task: str, key: str, value: object, written: object) -> None:
        """Change one key of a task, in the file and in force."""
        with self._lock:
            document = self._document(task)
            document["tasks"][task][key] = written
            self._keep(document, task, {key: value})

    def _document(self, task: str) -> Any:  # tomlkit's tables have no static type that says what they hold
        """Read the file as it is now, with its comments.

        Raises:
            SettingsError: It is not valid any more, or the task is gone.
        """
        path = self._folder / FILE_NAME
        found = load_settings(self._folder)
        if task not in found.tasks:
            msg = f"{path}: found the tasks {', '.join(found.tasks)}; wanted '{task}' among them."
            raise SettingsError(msg)
        return tomlkit.parse(path.read_text(encoding="utf-8"))

    def _keep(
        self, document: Any, task: str, changed: Mapping[str, object], for_all: Mapping[str, object] | None = None
    ) -> None:
        """Write the file, and let it be in force what was changed of a task, and of the trainings of all tasks."""
        write_text_atomic(self._folder / FILE_NAME, tomlkit.dumps(document))
        tasks = self._settings.tasks | {task: self._settings.tasks[task].model_copy(update=changed)}
        training = self._settings.training.model_copy(update=for_all or {})
        self._settings = self._settings.model_copy(update={"tasks": tasks, "training": training})


def _put(table: Any, values: Mapping[str, object]) -> None:
    """Write values into a table of the file, each in its place if it has one."""
    for name, value in values.items():
        table[name] = value.value if isinstance(value, Enum) else value


def _told(chosen: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen and is not as usual, as TOML can hold it."""
    told: dict[str, Any] = {}
    for name, value in chosen.items():
        if isinstance(value, Mapping):
            inner = _told(value, usual[name])
            if inner:
                told[name] = inner
        elif value != usual[name]:
            told[name] = value.value if isinstance(value, Enum) else value
    return told
