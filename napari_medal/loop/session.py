"""The composition root: everything a use-case needs, built once and handed down."""

from dataclasses import dataclass, fields
from pathlib import Path

from napari_medal.catalogue.project import Project, open_project
from napari_medal.core.dataset import Exporter
from napari_medal.core.folder_reader import FolderReader
from napari_medal.core.labels import LabelScheme
from napari_medal.core.measure import Measure
from napari_medal.core.reader import Reader
from napari_medal.core.recipe import Recipe
from napari_medal.core.strategy import Strategy
from napari_medal.core.target import Target
from napari_medal.core.task import Task
from napari_medal.core.tool import EditTool
from napari_medal.engine.cache import PreparedCache
from napari_medal.engine.scratch import Scratch
from napari_medal.errors import SettingsError
from napari_medal.io.read import VolumeFiles
from napari_medal.loop.case_images import ReadAhead
from napari_medal.loop.turns import Turns
from napari_medal.registry import BrokenExtension, Registry, keeps


@dataclass(frozen=True)
class Extensions:
    """The installed extensions of every kind."""

    tasks: Registry[Task]
    recipes: Registry[Recipe]
    measures: Registry[Measure]
    strategies: Registry[Strategy]
    exporters: Registry[Exporter]
    readers: Registry[Reader]
    tools: Registry[EditTool]
    folders: Registry[FolderReader]

    @property
    def kinds(self) -> tuple[Registry[object], ...]:
        """The registries of all kinds."""
        return tuple(getattr(self, kind.name) for kind in fields(self))

    def broken(self) -> list[BrokenExtension]:
        """Return every extension that does not load, with its error."""
        return [broken for registry in self.kinds for broken in registry.broken()]


def installed_extensions() -> Extensions:
    """Find what is installed; nothing is imported yet."""
    return Extensions(
        tasks=Registry("napari_medal.tasks", keeps(Task)),
        recipes=Registry("napari_medal.recipes", keeps(Recipe)),
        measures=Registry("napari_medal.measures", keeps(Measure)),
        strategies=Registry("napari_medal.strategies", keeps(Strategy)),
        exporters=Registry("napari_medal.exporters", keeps(Exporter)),
        readers=Registry("napari_medal.readers", keeps(Reader)),
        tools=Registry("napari_medal.tools", keeps(EditTool)),
        folders=Registry("napari_medal.folders", keeps(FolderReader)),
    )


@dataclass(frozen=True)
class Session:
    """An opened project and what works on it.

    Args:
        project: The project.
        extensions: What is installed.
        files: Reads images and masks.
        cache: Cases as networks see them, kept between rounds.
        scratch: Cases as networks see them that memory has no room for, kept beyond the session.
        ahead: Images of the case that will probably be opened next.
        turns: Who may compute.
        spare_cores: CPU cores that training leaves to others; a viewer needs one.
    """

    project: Project
    extensions: Extensions
    files: VolumeFiles
    cache: PreparedCache
    scratch: Scratch
    ahead: ReadAhead
    turns: Turns
    spare_cores: int = 0

    def task(self, name: str) -> Task:
        """Return the extension behind a task of the project."""
        return self.extensions.tasks.get(self.project.task(name))

    def scheme(self, task: str) -> LabelScheme:
        """Return the labels of a task of the project, or what it measures.

        Raises:
            SettingsError: A mask has a label stored as 0, which is the background; a task that measures has labels,
                or another one a quantity.
        """
        scheme = self.project.task_settings(task).scheme
        if (scheme.quantity is not None) is not (self.task(task).target is Target.VALUE):
            found, wanted = ("labels", "a quantity") if scheme.quantity is None else ("a quantity", "labels")
            msg = f"medal.toml: found {found} for the task '{task}'; it needs {wanted}."
            raise SettingsError(msg)
        if 0 in scheme.values and self.task(task).target is Target.MASK:
            msg = f"medal.toml: found the label '{scheme.by_value(0).name}' = 0; in a mask 0 is the background."
            raise SettingsError(msg)
        return scheme

    def close(self) -> None:
        """Let go of files and memory."""
        self.ahead.close()
        self.project.close()
        self.cache.clear()


def open_session(folder: Path, spare_cores: int = 0) -> Session:
    """Open the project in `folder` for work.

    Raises:
        SettingsError, ProjectError: There is none, or it cannot be read.
    """
    return session_on(open_project(folder), installed_extensions(), spare_cores)


def session_on(project: Project, extensions: Extensions, spare_cores: int = 0) -> Session:
    """Make an opened project ready for work."""
    files = VolumeFiles.of(extensions.readers)
    disk_gb = project.settings.training.cache_gb
    scratch = Scratch(project.layout.cache, None if disk_gb is None else int(disk_gb * 1024**3))
    return Session(
        project, extensions, files, PreparedCache(), scratch, ReadAhead(files, scratch), Turns(), spare_cores
    )
