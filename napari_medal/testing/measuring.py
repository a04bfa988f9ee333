"""The part of a task's check that is for tasks which read figures off their masks."""

import math
import re

import numpy as np

from napari_medal.core.feature import Feature
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelScheme
from napari_medal.core.measuring_task import MeasuringTask
from napari_medal.core.sketch import Sketch
from napari_medal.testing.breach import attempt, require
from napari_medal.types import LabelArray

_GRID = Grid((4, 8, 6), np.diag([40.0, 30.0, 50.0, 1.0])[[2, 1, 0, 3]] * np.array([[1.0], [-1.0], [1.0], [1.0]]))
"""Voxels so large that nothing drawn in voxels lies near anything."""


def require_measuring(what: str, task: MeasuringTask, scheme: LabelScheme) -> None:
    """Require one figure for each feature and the same drawings, in millimetres, for any mask; an empty one has none.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    features: object = attempt(f"{what}: features", lambda: task.features)
    require(isinstance(features, tuple) and features, f"{what} has the features {features!r}; wanted a tuple of some.")
    _check_features(what, task.features)
    masks = _masks(scheme)
    for name, mask in masks:
        _check_figures(f"{what}: figures of {name}", task, mask, scheme)
    names = [[sketch.name for sketch in _checked_sketches(what, name, task, mask, scheme)] for name, mask in masks]
    require(
        all(found == names[0] for found in names) and len(set(names[0])) == len(names[0]),
        f"{what}: sketches are called {', or '.join(map(str, names))}; wanted the same names, each once, for any mask.",
    )


def _check_features(what: str, features: tuple[Feature, ...]) -> None:
    require(all(isinstance(feature, Feature) for feature in features), f"{what}: features holds something else.")
    names = [feature.name for feature in features]
    require(len(set(names)) == len(names), f"{what} has the features {names}; wanted each name once.")
    for feature in features:
        require(
            re.fullmatch(r"[a-z][a-z0-9_]*", feature.name),
            f"{what} has a feature called '{feature.name}'; wanted lower-case words joined by '_'.",
        )
        require(feature.title.strip() and feature.tip.strip(), f"{what}: '{feature.name}' has no title, or no tip.")


def _masks(scheme: LabelScheme) -> list[tuple[str, LabelArray]]:
    """Return masks of a box, one voxel, everything and nothing, with how to speak of them."""
    box, voxel, empty = (np.zeros(_GRID.shape, dtype=np.uint8) for _ in range(3))
    box[2:4, 4:8, 3:6] = voxel[3, 7, 5] = scheme.values[0]
    whole = np.full(_GRID.shape, scheme.values[-1], dtype=np.uint8)
    return [("a box", box), ("one voxel", voxel), ("everything", whole), ("an empty mask", empty)]


def _check_figures(what: str, task: MeasuringTask, mask: LabelArray, scheme: LabelScheme) -> None:
    before = mask.copy()
    values: object = attempt(what, task.figures, mask, scheme, _GRID)
    require(
        isinstance(values, tuple) and len(values) == len(task.features),
        f"{what} gave {values!r}; wanted a tuple of {len(task.features)} figures, one for each feature.",
    )
    figures: tuple[object, ...] = values if isinstance(values, tuple) else ()
    require(
        all(isinstance(value, float) and not math.isinf(value) for value in figures),
        f"{what} gave {values}; wanted finite floats, or nan.",
    )
    again = attempt(what, task.figures, mask, scheme, _GRID)
    require(
        np.array_equal(np.array(values), again, equal_nan=True), f"{what} gave {values}, then {again}; wanted the same."
    )
    require(np.array_equal(mask, before), f"{what} changed the mask.")


def _checked_sketches(
    what: str, name: str, task: MeasuringTask, mask: LabelArray, scheme: LabelScheme
) -> tuple[Sketch, ...]:
    before = mask.copy()
    sketches = attempt(f"{what}: sketches of {name}", task.sketches, mask, scheme, _GRID)
    found: object = sketches
    require(
        isinstance(found, tuple) and all(isinstance(sketch, Sketch) for sketch in found),
        f"{what}: sketches of {name} gave {type(sketches).__name__}; wanted a tuple of Sketch.",
    )
    for sketch in sketches:
        _check_sketch(f"{what}: the sketch '{sketch.name}' of {name}", sketch, mask)
    require(np.array_equal(mask, before), f"{what}: sketches of {name} changed the mask.")
    return sketches


def _check_sketch(what: str, sketch: Sketch, mask: LabelArray) -> None:
    require(sketch.title.strip() and sketch.tip.strip(), f"{what} has no title, or no tip.")
    require(re.fullmatch(r"#[0-9a-fA-F]{6}", sketch.color), f"{what} has the color '{sketch.color}'; wanted '#rrggbb'.")
    drawn = [*sketch.paths, *([] if sketch.points is None else [sketch.points])]
    for positions in drawn:
        require(
            positions.ndim == 2 and positions.shape[1] == 3 and np.isfinite(positions).all(),
            f"{what} has positions of shape {positions.shape}; wanted finite ones, (n, 3).",
        )
    voxels = np.argwhere(mask)
    if len(voxels) == 0:
        require(not any(len(positions) for positions in drawn), f"{what} draws something; wanted nothing.")
        return
    low, high = ((edge + side) * _GRID.spacing_mm for edge, side in ((voxels.min(0), -0.5), (voxels.max(0), 0.5)))
    room = (high - low) / 2
    for positions in drawn:
        require(
            ((positions >= low - room) & (positions <= high + room)).all(),
            f"{what} lies far from the mask; wanted (z, y, x) in millimetres, index times spacing.",
        )
