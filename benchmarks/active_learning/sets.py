"""The cohorts that arms are judged on."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from napari_medal.core.plan_changes import PlanChanges
from napari_medal.core.progress import Silent
from napari_medal.io.samples.phantom import write_phantoms

DATA = Path(os.environ.get("MEDAL_DATA", "../shared/data"))
_LIGHT = {"widths": (8, 16, 32), "kernels": ((3, 3, 3),) * 3}
_PHANTOMS = 140


@dataclass(frozen=True)
class Cohort:
    """Where a set's images and truths lie."""

    images: Path
    truth: Path


@dataclass(frozen=True)
class DataSet:
    """A set, and how it is worked on.

    Args:
        name: Of the set.
        task: What is asked of each case.
        labels: The labels, as `napari-medal new` takes them.
        gather: Lays images and truths out below a folder.
        plan: What the network is kept small with, so that many runs fit into an hour.
        start: Cases labelled before the first training.
        batch: Cases labelled in each round.
        rounds: Rounds.
        validation: Subjects of the gate.
        test: Subjects that figures come from.
        baseline: The arm that others are compared with.
        learning_rate: Peak of the learning rate; None is the recipe's own.
        thickness: Slices of a slab, for arms that label in slabs; 0 for pictures, which have none.
    """

    name: str
    task: str
    labels: tuple[str, ...]
    gather: Callable[[Path], Cohort]
    plan: PlanChanges
    start: int
    batch: int
    rounds: int
    validation: int
    test: int
    baseline: str = "random"
    learning_rate: float | None = 8e-3
    thickness: int = 0


def _hippocampus(_folder: Path) -> Cohort:
    return Cohort(DATA / "hippocampus" / "images", DATA / "hippocampus" / "labels")


def _flair(folder: Path) -> Cohort:
    for path in (DATA / "lgg_flair").glob("*.nii.gz"):
        name, kind = re.fullmatch(r"(.+)_(flair|mask)\.nii\.gz", path.name).groups()  # type: ignore[union-attr]
        _link(path, folder / ("images" if kind == "flair" else "labels") / f"{name}.nii.gz")
    return Cohort(folder / "images", folder / "labels")


def _breast(folder: Path) -> Cohort:
    """Take every second lesion and healthy image: 250, evenly over the classes."""
    masks = {path.stem.removesuffix("_mask"): path for path in (DATA / "breast_us").rglob("*_mask.png")}
    for path in (DATA / "breast_us").rglob("*.png"):
        if path.stem in masks and _coin(path.stem):
            _link(path, folder / "images" / path.name)
            _link(masks[path.stem], folder / "labels" / path.name)
    return Cohort(folder / "images", folder / "labels")


def _breast_classes(folder: Path) -> Cohort:
    for path in (DATA / "breast_us").rglob("*.png"):
        if not path.stem.endswith("_mask"):
            _link(path, folder / "images" / path.name)
    _link(DATA / "breast_us" / "labels.csv", folder / "labels.csv")
    return Cohort(folder / "images", folder / "labels.csv")


def _phantoms(folder: Path) -> Cohort:
    cohort = write_phantoms(folder, _PHANTOMS, 0, Silent(), (28, 40, 28))
    return Cohort(cohort.images, cohort.labels)


SETS = {
    found.name: found
    for found in (
        DataSet(
            "hippocampus", "segmentation", ("1=anterior", "2=posterior"), _hippocampus,
            PlanChanges(spacing_mm=(1.5, 1.5, 1.5), patch=(24, 32, 24), strides=((2, 2, 2), (2, 2, 2)), batch=2,
                        cold_steps=400, warm_steps=120, **_LIGHT),
            start=4, batch=4, rounds=5, validation=20, test=40, thickness=6,
        ),
        DataSet(
            "phantom", "segmentation", ("1=anterior", "2=posterior"), _phantoms,
            PlanChanges(spacing_mm=(1.3, 1.3, 1.8), patch=(20, 28, 20), strides=((2, 2, 2), (2, 2, 2)), batch=2,
                        cold_steps=400, warm_steps=120, **_LIGHT),
            start=4, batch=4, rounds=5, validation=20, test=40, thickness=6,
        ),
        DataSet(
            "lgg_flair", "segmentation", ("1=tumour",), _flair,
            PlanChanges(spacing_mm=(1.0, 3.5, 3.5), patch=(16, 64, 64), strides=((1, 2, 2), (2, 2, 2)), batch=2,
                        cold_steps=300, warm_steps=90, **_LIGHT),
            start=3, batch=2, rounds=4, validation=4, test=8, thickness=6,
        ),
        DataSet(
            "glioma", "lower-grade-glioma", ("1=tumour",), _flair,
            PlanChanges(spacing_mm=(1.0, 4.0, 4.0), patch=(3, 64, 64), widths=(8, 16, 32, 64, 128), batch=8,
                        cold_steps=300, warm_steps=100),
            start=3, batch=2, rounds=4, validation=4, test=8, learning_rate=4e-3,
        ),
        DataSet(
            "breast_us", "segmentation", ("255=lesion",), _breast,
            PlanChanges(spacing_mm=(1.0, 3.0, 3.0), patch=(1, 64, 64), strides=((1, 2, 2), (1, 2, 2)), batch=8,
                        widths=(8, 16, 32), kernels=((1, 3, 3),) * 3, cold_steps=250, warm_steps=90),
            start=12, batch=8, rounds=5, validation=25, test=80, baseline="foreground-random-33",
        ),
        DataSet(
            "breast_us_classes", "classification", ("benign", "malignant", "normal"), _breast_classes,
            PlanChanges(patch=(1, 64, 64), cold_steps=200, warm_steps=80),
            start=30, batch=15, rounds=5, validation=50, test=150, learning_rate=None,
        ),
    )
}  # fmt: skip

_TO_THE_END = {"phantom": 15, "hippocampus": 15, "breast_us": 14}
"""Rounds until the whole pool's figure is in reach: eight runs of an arm take three times as long."""

SETS |= {
    f"{name}-long": replace(SETS[name], name=f"{name}-long", rounds=rounds) for name, rounds in _TO_THE_END.items()
}


def order(name: str) -> float:
    """Return a number in [0, 1) that a subject's name alone decides, to draw the splits by."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") / 2**64


def _coin(name: str) -> bool:
    return order(name) < 0.5


def _link(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        place.symlink_to(path.resolve())
