"""A task that measures how large a mask is, with a panel that only remembers, and a project that asks it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QWidget

from napari_medal.catalogue.models import NewModel
from napari_medal.catalogue.predictions import Maps, NewPrediction
from napari_medal.core.feature import Feature
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.core.score import CaseScore
from napari_medal.core.shares import Shares
from napari_medal.core.sketch import Sketch
from napari_medal.core.task import Task
from napari_medal.gui.case_figures import CaseFigures
from napari_medal.io.nifti import write_mask
from napari_medal.io.samples.phantom import write_phantoms
from napari_medal.loop.adding import Source, add_cases
from napari_medal.loop.creating import TaskWish, new_project
from napari_medal.loop.session import Session, installed_extensions
from napari_medal.registry import Registry, keeps
from napari_medal.tasks.mask_task import MaskTask
from napari_medal.types import LabelArray
from tests.loop.auditing import PLAN

NAME = "sizes"


@dataclass(frozen=True)
class Sizes(MaskTask):
    features: tuple[Feature, ...] = (
        Feature("volume", "Volume", "How much there is.", "mL"),
        Feature("height", "Height", "Over how many slices it reaches.", "mm"),
    )

    def figures(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[float, ...]:
        filled = np.flatnonzero(mask.any(axis=(1, 2)))
        height = len(filled) * grid.spacing_mm[0] if len(filled) else float("nan")
        return np.count_nonzero(mask) * grid.voxel_volume_mm3 / 1000, height

    def sketches(self, mask: LabelArray, scheme: LabelScheme, grid: Grid) -> tuple[Sketch, ...]:
        places = np.argwhere(mask) * grid.spacing_mm
        if not len(places):
            return (Sketch("middle", "Middle", "", "#00ffff"), Sketch("diagonal", "Diagonal", "", "#ff00ff"))
        ends = np.array([places.min(axis=0), places.max(axis=0)])
        return (
            Sketch("middle", "Middle", "Its centre.", "#00ffff", (), ends.mean(axis=0, keepdims=True)),
            Sketch("diagonal", "Diagonal", "From corner to corner.", "#ff00ff", (ends,)),
        )


TASK = Sizes(NAME, "How large it is", recipe="unet", panel="tests.gui.measuring:RememberingPanel")

MUTE = MaskTask(NAME, "Has a panel and measures nothing", panel="tests.gui.measuring:RememberingPanel")


class RememberingPanel(QWidget):
    sketch_toggled = Signal(str, bool)
    open_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Size")
        self.features: Sequence[Feature] = ()
        self.cohort: Sequence[CaseFigures] = ()
        self.cases: list[tuple[str, Sequence[float] | None, Sequence[float] | None]] = []
        self.sketches: Sequence[Sketch] = ()
        self.seen: Collection[str] = ()

    def show_features(self, features: Sequence[Feature]) -> None:
        self.features = features

    def show_cohort(self, figures: Sequence[CaseFigures]) -> None:
        self.cohort = figures

    def show_case(self, case: str, label: Sequence[float] | None, prediction: Sequence[float] | None) -> None:
        self.cases.append((case, label, prediction))

    def show_sketches(self, sketches: Sequence[Sketch], seen: Collection[str]) -> None:
        self.sketches, self.seen = sketches, seen


def measured_project(folder: Path, task: str = "TASK") -> Session:
    """Make a project of four phantoms, three of them labelled, and a live model that says something of each."""
    cohort = write_phantoms(folder / "cohort", cases=4, seed=1, progress=Silent(), shape=(12, 16, 12))
    point = EntryPoint(NAME, f"tests.gui.measuring:{task}", "napari_medal.tasks")
    extensions = replace(installed_extensions(), tasks=Registry("napari_medal.tasks", keeps(Task), [point]))
    wish = TaskWish(NAME, ("1=anterior", "2=posterior"))
    (cohort.labels / "case_003.nii.gz").unlink()
    session = new_project(folder / "project", "Phantoms", [wish], extensions)
    add_cases(session, Source(cohort.images, cohort.labels), Silent())
    session.project.models.add(NewModel(NAME, 1, "unet", PLAN, 1.0, None, (), {}, True, ""))
    predict(session)
    return session


def predict(session: Session) -> None:
    """Let the live model say of every case that its middle slices are the first label, with a probability of 0.8."""
    new = []
    for case in session.project.cases.all():
        grid = session.files.read_case(case.images)[0].grid
        mask = np.zeros(grid.shape, dtype=np.uint8)
        mask[4:8, 4:12, 3:9] = 1
        path = session.project.layout.prediction_mask(case.name, NAME, 1)
        write_mask(path, mask, case.images[0], grid)
        maps = session.project.layout.prediction_maps(case.name, NAME, 1)
        shares = np.stack([np.where(mask, 0.2, 1.0), np.where(mask, 0.7, 0.0), np.where(mask, 0.1, 0.0)])
        session.project.predictions.write_maps(maps, Maps(Shares.of(shares), None))
        new.append(NewPrediction(case.name, CaseScore(0.1, (0.1, 0.1), (), "doubt"), "", mask=path, maps=maps))
    session.project.predictions.replace(NAME, 1, new)
