"""Recipes, projects and cohorts small enough to run the whole loop in a test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np

from napari_medal.catalogue.project import create_project
from napari_medal.catalogue.settings import (
    ProjectSettings,
    QuantitySettings,
    SplitSettings,
    TaskSettings,
    label_settings,
)
from napari_medal.core.dataset import Exporter
from napari_medal.core.folder_reader import FolderReader
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.learning import Learning
from napari_medal.core.measure import Measure
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.progress import CurvePoint
from napari_medal.core.reader import Reader
from napari_medal.core.recipe import Recipe
from napari_medal.core.strategy import Strategy
from napari_medal.core.target import Target
from napari_medal.core.task import Task
from napari_medal.core.tool import EditTool
from napari_medal.errors import JobCancelled
from napari_medal.io.samples.phantom import CLASSES, PARTS
from napari_medal.loop.session import Extensions, Session, session_on
from napari_medal.registry import Registry, keeps
from tests.entries import declared_extensions

REPO_ROOT = Path(__file__).resolve().parents[1]
SHAPE = (16, 24, 16)
"""About the shape of a small phantom."""


@dataclass(frozen=True)
class SmallUNet:
    """The U-Net of the real recipe, so shallow and so briefly trained that it takes a second."""

    name: str = "unet"
    title: str = "U-Net for tests"
    target: Target = Target.MASK
    cold_steps: int = 6
    warm_steps: int = 4

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        z = 1 if fingerprint.planar else 2
        return Plan(
            spacing_mm=None if fingerprint.planar else fingerprint.spacing_mm,
            patch=(1, 16, 16) if fingerprint.planar else (16, 16, 16),
            batch=2,
            widths=(4, 8),
            strides=((z, 2, 2),),
            members=2,
            cold_steps=self.cold_steps,
            warm_steps=self.warm_steps,
            learning_rate=4e-3,
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> Any:
        from napari_medal_models.unet.recipe import RECIPE

        return RECIPE.build(plan, channels, outputs)


@dataclass(frozen=True)
class SmallClassifier:
    """A network of two layers that chooses a class, or says a value."""

    name: str = "resnet"
    title: str = "Classifier for tests"
    target: Target = Target.CLASS
    cold_steps: int = 6
    warm_steps: int = 4

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        patch = (1, 16, 16) if fingerprint.planar else (16, 16, 16)
        return Plan(None, patch, 4, (4, 8), ((1, 2, 2),), 2, self.cold_steps, self.warm_steps, 1e-2)

    def build(self, plan: Plan, channels: int, outputs: int) -> Any:
        from torch import nn

        planar = plan.patch[0] == 1
        convolution = nn.Conv2d(channels, 4, 3, padding=1) if planar else nn.Conv3d(channels, 4, 3, padding=1)
        pool = nn.AdaptiveAvgPool2d(2) if planar else nn.AdaptiveAvgPool3d(2)
        return nn.Sequential(convolution, nn.ReLU(), pool, nn.Flatten(), nn.Linear(16 if planar else 32, outputs))


@dataclass(frozen=True)
class LongUNet(SmallUNet):
    """Trains for far longer than anybody waits."""

    cold_steps: int = 1_000_000


@dataclass(frozen=True)
class EagerUNet(SmallUNet):
    """Learns as much as it can in a few seconds."""

    cold_steps: int = 60
    warm_steps: int = 40

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        return replace(super().plan(fingerprint, memory), learning_rate=2e-2, members=1)


UNET = SmallUNet()
EAGER = EagerUNet()
RESNET = SmallClassifier()
RESNET_VALUE = SmallClassifier("resnet-value", target=Target.VALUE)
LONG = LongUNet()


def recipes(**targets: str) -> Registry[Recipe]:
    """Return a registry of recipes, each by name, with _ for -, and "module:attribute"."""
    group = "napari_medal.recipes"
    points = [EntryPoint(name.replace("_", "-"), target, group) for name, target in targets.items()]
    return Registry(group, keeps(Recipe), points)


def small_extensions(unet: str = "tests.small:UNET") -> Extensions:
    """Return what the project declares, but for recipes that take a second."""
    points = declared_extensions(REPO_ROOT)

    def of(kind: str) -> list[EntryPoint]:
        return [point for point in points if point.group == f"napari_medal.{kind}"]

    return Extensions(
        tasks=Registry("napari_medal.tasks", keeps(Task), of("tasks")),
        recipes=recipes(unet=unet, resnet="tests.small:RESNET", resnet_value="tests.small:RESNET_VALUE"),
        measures=Registry("napari_medal.measures", keeps(Measure), of("measures")),
        strategies=Registry("napari_medal.strategies", keeps(Strategy), of("strategies")),
        exporters=Registry("napari_medal.exporters", keeps(Exporter), of("exporters")),
        readers=Registry("napari_medal.readers", keeps(Reader), of("readers")),
        tools=Registry("napari_medal.tools", keeps(EditTool), of("tools")),
        folders=Registry("napari_medal.folders", keeps(FolderReader), of("folders")),
    )


def task_settings(scheme: LabelScheme, recipe: str, measure: str) -> TaskSettings:
    return TaskSettings(labels=label_settings(scheme), recipe=recipe, strategy="staged", measure=measure)


SEGMENTATION = task_settings(PARTS, "unet", "pairwise-dice")
CLASSIFICATION = task_settings(CLASSES, "resnet", "entropy")
REGRESSION = TaskSettings(
    quantity=QuantitySettings(name="volume", unit="mL", low=0.0, high=50.0),
    recipe="resnet-value",
    strategy="staged",
    measure="variance",
)


def settings(*tasks: str, validation: float = 0.2) -> ProjectSettings:
    """Return the settings of a project with these tasks; segmentation alone by default."""
    known = {"segmentation": SEGMENTATION, "classification": CLASSIFICATION, "regression": REGRESSION}
    wanted = tasks or ("segmentation",)
    return ProjectSettings(
        name="small", tasks={name: known[name] for name in wanted}, splits=SplitSettings(validation=validation)
    )


def small_session(
    folder: Path,
    *tasks: str,
    validation: float = 0.2,
    extensions: Extensions | None = None,
    spare_cores: int = 1,
    changes: Callable[[TaskSettings], TaskSettings] = lambda task: task,
) -> Session:
    """Make an empty project and open it."""
    wanted = settings(*tasks, validation=validation)
    changed = {name: changes(task) for name, task in wanted.tasks.items()}
    project = create_project(folder, wanted.model_copy(update={"tasks": changed}))
    return session_on(project, extensions or small_extensions(), spare_cores)


def with_learning(learning: Learning) -> Callable[[TaskSettings], TaskSettings]:
    """Return what lets a task learn in this way."""
    return lambda task: task.model_copy(update={"learning": learning})


@dataclass
class Watch:
    """Progress that remembers what it was told, and acts when it is called."""

    act: Callable[[int], None] = lambda call: None
    texts: list[str] = field(default_factory=list)
    points: list[CurvePoint] = field(default_factory=list)
    calls: int = 0

    first_calls: dict[str, int] = field(default_factory=dict)

    def step(self, done: int, total: int, text: str) -> None:
        self.texts.append(text)
        self.first_calls.setdefault(text, self.calls)
        self.check()

    def calls_before(self, text: str) -> int:
        """Return the number of calls before the first step with a text."""
        return self.first_calls[text]

    def point(self, point: CurvePoint) -> None:
        self.points.append(point)
        self.check()

    def check(self) -> None:
        self.calls += 1
        self.act(self.calls)


def cancel_at(wanted: int) -> Watch:
    """Return progress that cancels at its call number `wanted`, and at every later one."""

    def act(call: int) -> None:
        if call >= wanted:
            raise JobCancelled

    return Watch(act)


def cancel_when(text: str, count: int = 1) -> Watch:
    """Return progress that cancels at the step number `count` with a text, and at every later call."""

    def act(call: int) -> None:
        if watch.texts.count(text) >= count:
            raise JobCancelled

    watch = Watch(act)
    return watch


def grid(shape: Sequence[int] = SHAPE, spacing_mm: Sequence[float] = (1.0, 1.0, 1.0)) -> Grid:
    """Return a canonical grid."""
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = (*spacing_mm, 1.0)
    z, y, x = shape
    return Grid((z, y, x), affine)


def write_image(path: Path, array: np.ndarray[Any, Any], affine: np.ndarray[Any, Any] | None = None) -> Path:
    """Write an (x, y, z) array as NIfTI with nibabel."""
    import nibabel

    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.Nifti1Image(array, np.diag([1.0, 1.0, 1.0, 1.0]) if affine is None else affine).to_filename(path)
    return path
