"""A project folder, opened."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from napari_medal.catalogue.annotations import Annotations
from napari_medal.catalogue.audits import Audits
from napari_medal.catalogue.cases import Cases
from napari_medal.catalogue.database import open_database
from napari_medal.catalogue.facts import Facts
from napari_medal.catalogue.journals import Journals
from napari_medal.catalogue.layout import Layout
from napari_medal.catalogue.models import Models
from napari_medal.catalogue.notes import Notes
from napari_medal.catalogue.predictions import Predictions
from napari_medal.catalogue.second_looks import SecondLooks
from napari_medal.catalogue.settings import (
    FILE_NAME,
    ProjectSettings,
    TaskSettings,
    save_settings,
)
from napari_medal.catalogue.settings_file import SettingsFile
from napari_medal.errors import ProjectError, SettingsError


@dataclass(frozen=True)
class Project:
    """Everything on disk about one labelling effort. Safe to use from several threads."""

    layout: Layout
    settings_file: SettingsFile
    cases: Cases
    annotations: Annotations
    predictions: Predictions
    models: Models
    journals: Journals
    notes: Notes
    audits: Audits
    second_looks: SecondLooks
    facts: Facts
    database: Engine

    @property
    def settings(self) -> ProjectSettings:
        """What `medal.toml` says."""
        return self.settings_file.settings

    @property
    def folder(self) -> Path:
        """The project folder."""
        return self.layout.root

    def task(self, name: str | None) -> str:
        """Return the name of a task of this project; without a name, its only or first one.

        Raises:
            SettingsError: The project has no such task.
        """
        if name is None:
            return next(iter(self.settings.tasks))
        if name not in self.settings.tasks:
            known = ", ".join(self.settings.tasks)
            msg = f"{self.folder} has no task '{name}'; it has {known}."
            raise SettingsError(msg)
        return name

    def task_settings(self, name: str) -> TaskSettings:
        """Return the settings of a task."""
        return self.settings.tasks[self.task(name)]

    def close(self) -> None:
        """Let go of the database file."""
        self.database.dispose()


def create_project(folder: Path, settings: ProjectSettings) -> Project:
    """Make a new project in `folder`, which must be empty or absent.

    Raises:
        ProjectError: The folder holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = f"a project (it holds {FILE_NAME})" if (folder / FILE_NAME).exists() else "not empty"
        msg = f"{folder} is {what}; wanted a new or an empty folder."
        raise ProjectError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    save_settings(folder, settings)
    return open_project(folder)


def open_project(folder: Path) -> Project:
    """Open the project in `folder`, migrating its catalogue when it is older than the program.

    Raises:
        SettingsError: There is no project, or its settings are not valid.
        ProjectError: Its catalogue cannot be read.
    """
    root = folder.resolve()
    settings_file = SettingsFile(root)
    layout = Layout(root)
    database = open_database(root)
    sessions = sessionmaker(database, expire_on_commit=False)
    return Project(
        layout=layout,
        settings_file=settings_file,
        cases=Cases(sessions, layout),
        annotations=Annotations(sessions, layout),
        predictions=Predictions(sessions, layout),
        models=Models(sessions, layout),
        journals=Journals(layout),
        notes=Notes(sessions),
        audits=Audits(sessions),
        second_looks=SecondLooks(sessions),
        facts=Facts(sessions),
        database=database,
    )
