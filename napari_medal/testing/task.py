"""The check of a task."""

import math
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points

import numpy as np

from napari_medal.core.evaluation import Evaluation
from napari_medal.core.grid import Grid
from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.measure import Measure
from napari_medal.core.measuring_task import MeasuringTask
from napari_medal.core.prediction import Prediction
from napari_medal.core.quantity import Quantity
from napari_medal.core.recipe import Recipe
from napari_medal.core.score import CaseScore
from napari_medal.core.strategy import Strategy
from napari_medal.core.target import Target
from napari_medal.core.task import Task
from napari_medal.registry import Registry
from napari_medal.testing.breach import attempt, require, require_identity
from napari_medal.testing.measuring import require_measuring
from napari_medal.testing.phantom import ensemble
from napari_medal.types import LabelArray, Samples

_SCHEME = LabelScheme((LabelClass(1, "left", PALETTE[0]), LabelClass(4, "right", PALETTE[1])))
_MEASURED = LabelScheme((), Quantity("length", "mm", 0.0, 10.0))
_GRID = Grid((4, 8, 6), np.diag([-1.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]])
_HEAVY = ("PyQt5", "PyQt6", "PySide6", "magicgui", "monai", "napari", "qtpy", "torch")


def check_task(task: Task, points: Iterable[EntryPoint] | None = None) -> None:
    """Check that the task's names resolve, its answers have the right form, and its module is headless.

    Of a task that measures its masks (`MeasuringTask`) figures and drawings are checked too.

    Args:
        task: What is checked.
        points: Entry points of all groups to use instead of the installed ones.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("task", task, Task)
    require(isinstance(task.target, Target), f"{what} has the target {task.target!r}; wanted a Target.")
    require(
        task.panel == "" or re.fullmatch(r"\w+(\.\w+)*:\w+", task.panel),
        f"{what} has the panel '{task.panel}'; wanted 'package.module:Panel' or nothing.",
    )
    measure = _resolve(what, task, _installed() if points is None else tuple(points))
    _check_headless(what, type(task).__module__)
    scores = [_check_score(what, task, samples, measure) for samples in _ensembles(task.target)]
    _check_judgement(what, task, scores[0])
    if isinstance(task, MeasuringTask):
        require(task.target is Target.MASK, f"{what} reads figures off masks, and asks for a {task.target}.")
        require_measuring(what, task, _SCHEME)


def _installed() -> tuple[EntryPoint, ...]:
    groups = ("recipes", "strategies", "measures")
    return tuple(point for group in groups for point in entry_points(group=f"napari_medal.{group}"))


def _resolve(what: str, task: Task, points: Sequence[EntryPoint]) -> Measure:
    """Load what the task names; return its measure."""

    def registry(group: str, protocol: type[object]) -> Registry[object]:
        def complain(loaded: object) -> str | None:
            return None if isinstance(loaded, protocol) else f"it is no {protocol.__name__}"

        return Registry(group, complain, [point for point in points if point.group == group])

    recipe = registry("napari_medal.recipes", Recipe).get(task.recipe)
    if isinstance(recipe, Recipe):
        require(
            recipe.target is task.target,
            f"{what} asks for a {task.target}; its recipe '{task.recipe}' answers a {recipe.target}.",
        )
    registry("napari_medal.strategies", Strategy).get(task.strategy)
    measures: Registry[Measure] = Registry(
        "napari_medal.measures",
        lambda loaded: None if isinstance(loaded, Measure) else "it is no Measure",
        [point for point in points if point.group == "napari_medal.measures"],
    )
    return measures.get(task.measure)


def _check_headless(what: str, module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set(sys.modules) & set({_HEAVY!r})))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(  # noqa: S603 - our own interpreter on an importable module
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    require(done.returncode == 0, f"{what}: its module {module} cannot be imported: {done.stderr.strip()}")
    require(not done.stdout.strip(), f"{what}: importing {module} loads {done.stdout.strip()}.")


def _ensembles(target: Target) -> list[Samples]:
    """Return two ordinary ensembles, a single member, and members that agree."""
    if target is Target.VALUE:
        return [np.array(said, dtype=np.float32)[:, None] for said in ([2, 4, 9], [0, 10], [3], [5, 5, 5])]
    classes, space = (3, _GRID.shape) if target is Target.MASK else (2, ())
    certain = np.zeros((3, classes, *space), dtype=np.float32)
    certain[:, 0] = 1.0
    ordinary = [ensemble(3, classes, space, seed) for seed in (0, 1)]
    return [*ordinary, ensemble(1, classes, space), certain]


def _check_score(what: str, task: Task, samples: Samples, measure: Measure) -> CaseScore:
    scheme = _scheme(task)
    score = attempt(f"{what}: score", task.score, samples, scheme, _GRID, measure)
    require(isinstance(score, CaseScore), f"{what}: score gave {type(score).__name__}; wanted a CaseScore.")
    require(
        len(score.per_class) == len(scheme),
        f"{what}: score has {len(score.per_class)} class values; wanted {len(scheme)}, one for each label.",
    )
    slices = _GRID.shape[0] if task.target is Target.MASK else 0
    require(
        len(score.per_slice) == slices,
        f"{what}: score has {len(score.per_slice)} slice values; wanted {slices}.",
    )
    values = (score.uncertainty, *score.per_class, *score.per_slice)
    require(all(0.0 <= value <= 1.0 for value in values), f"{what}: score has values outside 0 to 1: {values}.")
    require(score.reason.strip(), f"{what}: score gives no reason.")
    text: object = attempt(f"{what}: overview", task.overview, samples.mean(axis=0), scheme)
    require(isinstance(text, str) and text.strip(), f"{what}: overview gave {text!r}; wanted a few words.")
    return score


def _check_judgement(what: str, task: Task, score: CaseScore) -> None:
    def row(said: int, true: int) -> tuple[float, ...]:
        prediction, truth = _answer(task.target, score, said, true)
        if task.target is Target.MASK:
            prediction = replace(prediction, probabilities=prediction.probabilities[:0])
        return attempt(f"{what}: compare", task.compare, prediction, truth, _scheme(task))

    right, wrong = [row(0, 0), row(1, 1)], [row(1, 0), row(0, 1)]
    lengths = {len(numbers) for numbers in (*right, *wrong)}
    require(len(lengths) == 1 and min(lengths) > 0, f"{what}: compare gives rows of {sorted(lengths)} numbers.")
    good, bad = _check_summary(what, task, right), _check_summary(what, task, wrong)
    _check_summary(what, task, right[:1])
    _check_summary(what, task, ())
    require(
        all(better > worse for better, worse in zip(good.per_case, bad.per_case, strict=True)),
        f"{what}: per_case is {good.per_case} for right answers, {bad.per_case} for wrong ones; wanted more.",
    )
    best, worst = good.metrics[good.primary].value, bad.metrics[bad.primary].value
    require(good.score > bad.score, f"{what}: {good.primary} is {best:g} for right answers, {worst:g} for wrong ones.")


def _check_summary(what: str, task: Task, rows: Sequence[tuple[float, ...]]) -> Evaluation:
    evaluation = attempt(f"{what}: summarise of {len(rows)} cases", task.summarise, rows, _scheme(task))
    require(
        evaluation.primary in evaluation.metrics,
        f"{what}: the primary metric '{evaluation.primary}' is none of {', '.join(evaluation.metrics)}.",
    )
    require(
        len(evaluation.per_case) == len(rows) and all(map(math.isfinite, evaluation.per_case)),
        f"{what}: per_case is {evaluation.per_case}; wanted a finite number for each of {len(rows)} cases.",
    )
    for name, interval in evaluation.metrics.items():
        require(
            math.isnan(interval.value) or interval.low <= interval.value <= interval.high,
            f"{what}: the metric {name} is {interval}; wanted the value inside its interval.",
        )
    return evaluation


def _scheme(task: Task) -> LabelScheme:
    """Return what answers mean: a quantity for a task that measures, else two labels."""
    return _MEASURED if task.target is Target.VALUE else _SCHEME


def _answer(target: Target, score: CaseScore, said: int, true: int) -> tuple[Prediction, LabelArray | int | float]:
    """Return a certain prediction of one label, or of one of two numbers, by index, and the truth."""
    if target is Target.VALUE:
        found, right = (float(2 + 6 * index) for index in (said, true))
        return Prediction(score, np.array([found], dtype=np.float32), value=found, spread=0.0), right
    values = _SCHEME.values
    if target is Target.CLASS:
        probabilities = np.eye(2, dtype=np.float32)[said] * 0.8 + 0.1
        return Prediction(score, probabilities, class_value=values[said]), values[true]
    region = np.zeros(_GRID.shape, dtype=np.uint8)
    region[1:3, 2:6, 1:4] = 1
    probabilities = np.stack([region == label for label in (0, 1, 1)]).astype(np.float32)
    probabilities[2 - said] = 0.0
    uncertainty = np.zeros(_GRID.shape, dtype=np.float32)
    prediction = Prediction(score, probabilities, region * np.uint8(values[said]), uncertainty)
    return prediction, region * np.uint8(values[true])
