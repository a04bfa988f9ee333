"""Each conformance check passes a sound extension and stops each kind of broken one."""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_medal import testing
from napari_medal.acquisition.random_draw import RandomDraw
from napari_medal.core.dataset import Dataset, ExportReport
from napari_medal.core.drawing import Drawing
from napari_medal.core.evaluation import Evaluation, Interval
from napari_medal.core.feature import Feature
from napari_medal.core.found_case import FoundCase, FoundImage
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.plan import Plan
from napari_medal.core.score import CaseScore
from napari_medal.core.sketch import Sketch
from napari_medal.core.strategy import Ranked
from napari_medal.core.stroke import Stroke
from napari_medal.core.target import Target
from napari_medal.core.tool import Option, option
from napari_medal.core.volume import Volume
from napari_medal.edit.margin import Margin
from napari_medal.errors import ExportError, ExtensionError, FormatError, JobCancelled
from napari_medal.io.folders.plain import PlainFolder
from napari_medal.tasks.mask_task import MaskTask
from napari_medal.testing import (
    check_exporter,
    check_folder_reader,
    check_measure,
    check_reader,
    check_recipe,
    check_strategy,
    check_task,
    check_tool,
)
from napari_medal.testing.measuring import require_measuring
from napari_medal.uncertainty.entropy import Entropy


def broken(cls: type, **changes: Any) -> Any:
    """An instance of a subclass with some attributes replaced."""
    return type(f"Broken{cls.__name__}", (cls,), {"__module__": cls.__module__, **changes})()


def test_the_facade_exports_every_check():
    assert testing.__all__ == sorted(name for name in vars(testing) if name.startswith("check_"))


# Measures


def noisy_map(self: Entropy, samples: np.ndarray) -> np.ndarray:
    return np.clip(Entropy.map(self, samples) + samples[0, 0] * 0.1 + samples[0, 1] * 0.1, 0, 1)


def weigh_first_class(self: Entropy, samples: np.ndarray) -> np.ndarray:
    return Entropy.map(self, samples) * samples.mean(axis=0)[0]


def weigh_first_member(self: Entropy, samples: np.ndarray) -> np.ndarray:
    return Entropy.map(self, samples[:1])


def spoil(self: Entropy, samples: np.ndarray) -> np.ndarray:
    samples *= 0.5
    return Entropy.map(self, samples * 2)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"map": lambda self, s: Entropy.map(self, s)[..., None]}, "wanted"),
        ({"map": lambda self, s: float(Entropy.map(self, s).mean())}, "map gave float; wanted an array"),
        ({"map": lambda self, s: Entropy.map(self, s).astype(float)}, "map is of float64; wanted float32"),
        ({"map": lambda self, s: Entropy.map(self, s) * np.float32(2)}, "wanted 0 to 1"),
        ({"map": lambda self, s: Entropy.map(self, s) * np.float32("nan")}, "not finite"),
        ({"map": noisy_map}, "certain of the same class"),
        ({"map": weigh_first_class}, "depends on the order of the classes"),
        ({"map": weigh_first_member}, "depends on the order of the ensemble members"),
        ({"map": lambda self, s: np.zeros(s.shape[2:], np.float32)}, "members contradict"),
        ({"map": spoil}, "changed the samples"),
        ({"map": lambda self, s: 1 / 0}, "raised ZeroDivisionError"),
        ({"per_class": lambda self, s: np.zeros(s.shape[1] + 1, np.float32)}, "per_class of samples"),
        ({"per_class": lambda self, s: np.zeros(s.shape[1], np.float32)}, "per_class is at most 0"),
        ({"per_class": lambda self, s: np.full(s.shape[1], 0.5, np.float32)}, "per_class is 0.5 where all"),
        ({"name": "Predictive entropy"}, "lower-case words with hyphens"),
        ({"title": ""}, "one line for people"),
        ({"explained": "One line.\nAnother."}, "wanted a sentence on one line, or none at all"),
    ],
)
def test_check_measure_stops(changes: dict[str, Any], sentence: str):
    cls = type("BrokenEntropy", (Entropy,), {})
    for name, value in changes.items():
        setattr(cls, name, value)
    measure = cls()
    for name, value in changes.items():
        if isinstance(value, str):
            object.__setattr__(measure, name, value)
    with pytest.raises(ExtensionError, match=sentence):
        check_measure(measure)


def test_check_measure_stops_what_is_no_measure():
    with pytest.raises(ExtensionError, match="does not have the members of a measure"):
        check_measure(RandomDraw())  # type: ignore[arg-type]


# Strategies


@pytest.mark.parametrize(
    ("turn", "sentence"),
    [
        (lambda pool, ranked: ranked + ranked[:1], "ranks a case twice"),
        (lambda pool, ranked: ranked[1:], "wanted each of the"),
        (lambda pool, ranked: sorted(ranked, key=lambda place: place.priority), "higher is sooner"),
        (lambda pool, ranked: [Ranked(c.case, 0.0, "as it comes") for c in pool.candidates], "order of the candidates"),
        (lambda pool, ranked: [replace(place, priority=float("nan")) for place in ranked], "another order|not finite"),
        (lambda pool, ranked: [replace(place, priority=float("inf")) for place in ranked], "not finite"),
        (lambda pool, ranked: [replace(place, reason=" ") for place in ranked], "without a reason"),
        (lambda pool, ranked: ranked[:5][-1] and ranked, "raised IndexError"),
        (lambda pool, ranked: [replace(place, is_audit=True) for place in ranked], "draws an audit"),
        (lambda pool, ranked: [replace(place, numbers=(("", 1.0),)) for place in ranked], "number without a name"),
        (
            lambda pool, ranked: [replace(place, numbers=(("x", math.inf),)) for place in ranked],
            "number without a name",
        ),
        (lambda pool, ranked: (pool.candidates[0].score.per_class[0], ranked)[1], "raised IndexError"),
        (lambda pool, ranked: (sum(c.seconds for c in pool.candidates), ranked)[1], "raised TypeError"),
        (lambda pool, ranked: (sum(len(c.features) for c in pool.candidates), ranked)[1], "raised TypeError"),
        (lambda pool, ranked: ([pool.weaknesses[0] for _ in pool.labels], ranked)[1], "raised IndexError"),
    ],
)
def test_check_strategy_stops(turn: Callable[..., list[Ranked]], sentence: str):
    with pytest.raises(ExtensionError, match=sentence):
        check_strategy(broken(RandomDraw, rank=lambda self, pool: turn(pool, RandomDraw.rank(self, pool))))


def test_check_strategy_stops_an_unrepeatable_order():
    rng = np.random.default_rng(0)

    def rank(self: RandomDraw, pool: Any) -> list[Ranked]:
        drawn = [replace(place, priority=float(rng.random())) for place in RandomDraw.rank(self, pool)]
        return sorted(drawn, key=lambda place: -place.priority)

    with pytest.raises(ExtensionError, match="another order the second time"):
        check_strategy(broken(RandomDraw, rank=rank))


# Recipes


@dataclass(frozen=True)
class TinyRecipe:
    name: str = "tiny"
    title: str = "One convolution"
    target: Target = Target.MASK
    patch: tuple[int, int, int] = (8, 16, 16)
    batch: int = 2
    widths: tuple[int, ...] = (4, 8)
    extra_outputs: int = 0
    factor: float = 1.0
    flat: bool = True

    def plan(self, fingerprint, memory):
        patch = (1, *self.patch[1:]) if fingerprint.planar and self.flat else self.patch
        first = 1 if fingerprint.planar else 2
        return Plan(None, patch, self.batch, self.widths, ((first, 2, 2),), 3, 10, 5, 1e-3)

    def build(self, plan, channels, outputs):
        from torch import nn

        class Scale(nn.Module):
            def __init__(self, factor):
                super().__init__()
                self.factor = factor

            def forward(self, x):
                return x * self.factor

        planar = plan.patch[0] == 1
        convolution = (nn.Conv2d if planar else nn.Conv3d)(channels, outputs + self.extra_outputs, 3, padding=1)
        pool = nn.AdaptiveAvgPool2d(1) if planar else nn.AdaptiveAvgPool3d(1)
        head = [] if self.target is Target.MASK else [pool, nn.Flatten()]
        return nn.Sequential(convolution, *head, Scale(self.factor))


CLASS_RECIPE = TinyRecipe(name="tiny-class", target=Target.CLASS)
VALUE_RECIPE = TinyRecipe(name="tiny-value", target=Target.VALUE)


@pytest.mark.parametrize("recipe", [TinyRecipe(), CLASS_RECIPE, VALUE_RECIPE], ids=lambda recipe: recipe.target)
def test_check_recipe_passes(recipe: TinyRecipe):
    check_recipe(recipe)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"extra_outputs": 1}, "wanted \\(2, 3, "),
        ({"extra_outputs": 1, "target": Target.CLASS}, "wanted \\(2, 3\\)"),
        ({"extra_outputs": 1, "target": Target.VALUE}, "wanted \\(2, 1\\)"),
        ({"factor": float("nan")}, "logits that are not finite"),
        ({"patch": (8, 15, 16)}, "multiples of \\(2, 2, 2\\)"),
        ({"patch": (0, 16, 16)}, "patch of \\(0, 16, 16\\) voxels"),
        ({"flat": False}, "images have one"),
        ({"batch": 0}, "batch = 0"),
        ({"widths": (4,)}, "wanted one stride less"),
        ({"target": "mask"}, "wanted a Target"),
    ],
)
def test_check_recipe_stops(changes: dict[str, Any], sentence: str):
    with pytest.raises(ExtensionError, match=sentence):
        check_recipe(replace(TinyRecipe(), **changes))


def test_check_recipe_stops_a_network_that_does_not_build():
    with pytest.raises(ExtensionError, match="\\(build\\) raised ValueError: too deep"):
        check_recipe(broken(TinyRecipe, build=lambda *_: (_ for _ in ()).throw(ValueError("too deep"))))


# Readers


@dataclass(frozen=True)
class TextReader:
    """Reads images written as text, for which a text file is told by its first word."""

    name: str = "text"
    suffixes: tuple[str, ...] = (".vol",)
    affine: tuple[tuple[float, ...], ...] = ((0, 0, 1, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 0, 1))

    def read(self, path):
        if not path.read_bytes().startswith(b"volume"):
            msg = f"{path}: found no volume."
            raise FormatError(msg)
        return (Volume(np.zeros((2, 3, 4)), Grid((2, 3, 4), np.array(self.affine, dtype=float))),)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example.vol"
    path.write_text("volume")
    return path


def test_check_reader_passes(tmp_path: Path, example: Path):
    check_reader(TextReader(), tmp_path, example)


def anonymous(self: TextReader, path: Path) -> None:
    raise FormatError("found no volume.")


@pytest.mark.parametrize(
    ("reader", "sentence"),
    [
        (TextReader(suffixes=(".VOL",)), "lower case with a dot"),
        (TextReader(suffixes=("vol",)), "lower case with a dot"),
        (TextReader(suffixes=()), "wanted a tuple"),
        (TextReader(affine=tuple(map(tuple, np.eye(4).tolist()))), "wanted the canonical frame"),
        (broken(TextReader, read=lambda self, path: ()), "read a text file named .*; wanted FormatError"),
        (broken(TextReader, read=lambda self, path: 1 / 0), "raised ZeroDivisionError for a text file"),
        (broken(TextReader, read=anonymous), "without naming it"),
        (
            broken(TextReader, read=lambda self, path: list(TextReader.read(self, path))),
            "gave list; wanted a tuple of volumes",
        ),
    ],
)
def test_check_reader_stops(reader: TextReader, sentence: str, tmp_path: Path, example: Path):
    with pytest.raises(ExtensionError, match=sentence):
        check_reader(reader, tmp_path, example)


# Exporters


class ListExporter:
    """Writes a line for each case; the parts that can go wrong are attributes."""

    name = "list"
    title = "List of cases"
    refuses = False
    heeds_progress = True
    looks_first = True
    cleans_up = True
    passes_cancel = True
    counts = 0
    spoils = False

    def write(self, dataset: Dataset, folder: Path, progress: Any) -> ExportReport:
        if self.refuses:
            raise ExportError("cannot hold it")
        if self.looks_first and folder.exists() and any(folder.iterdir()):
            raise ExportError("not empty")
        folder.mkdir(exist_ok=True)
        try:
            for number, case in enumerate(dataset.cases):
                (folder / f"{case.case.name}.txt").write_text("case")
                if self.heeds_progress:
                    progress.step(number, len(dataset.cases), case.case.name)
                if self.spoils:
                    case.case.images[0].write_bytes(b"spoilt")
        except JobCancelled:
            if self.cleans_up:
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()
            if self.passes_cancel:
                raise
        return ExportReport(folder, len(dataset.cases), len(dataset.cases) + self.counts)


def test_check_exporter_passes(tmp_path: Path):
    check_exporter(ListExporter(), tmp_path)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"refuses": True}, "refused masks, classes, values, and all"),
        ({"heeds_progress": False}, "cannot be cancelled"),
        ({"looks_first": False}, "not empty; wanted ExportError"),
        ({"cleans_up": False}, "cancelled at call 1 of its progress, left files behind"),
        ({"passes_cancel": False}, "went on; wanted JobCancelled"),
        ({"counts": 1}, "reports 3 files; wrote 2"),
        ({"spoils": True}, "changed a source file"),
        ({"write": lambda *_: None}, "gave NoneType; wanted an ExportReport"),
        ({"write": lambda *_: 1 / 0}, "raised ZeroDivisionError"),
        ({"write": lambda self, data, folder, _: ExportReport(folder.parent, 2, 0)}, "reports the folder"),
        ({"write": lambda self, data, folder, _: ExportReport(folder, 3, 0)}, "reports 3 cases"),
    ],
)
def test_check_exporter_stops(changes: dict[str, Any], sentence: str, tmp_path: Path):
    with pytest.raises(ExtensionError, match=sentence):
        check_exporter(broken(ListExporter, **changes), tmp_path)


def test_an_exporter_may_refuse_what_its_format_cannot_hold(tmp_path: Path):
    def write(self: ListExporter, dataset: Dataset, folder: Path, progress: Any) -> ExportReport:
        if dataset.tasks.keys() - {"segmentation"}:
            raise ExportError("masks only")
        return ListExporter.write(self, dataset, folder, progress)

    check_exporter(broken(ListExporter, write=write), tmp_path)


# Tasks


class SureTask:
    """A class task that keeps the protocol by the simplest means."""

    name = "sure"
    title = "Sure"
    target = Target.CLASS
    recipe = "tiny-class"
    strategy = "random"
    measure = "entropy"
    panel = ""

    def score(self, samples, scheme, grid, measure):
        per_class = tuple(float(value) for value in measure.per_class(samples))
        return CaseScore(float(measure.map(samples)), per_class, (), "because")

    def compare(self, prediction, truth, scheme):
        return (float(prediction.probabilities[scheme.values.index(truth)]),)

    def summarise(self, rows, scheme):
        values = tuple(row[0] for row in rows)
        mean = float(np.mean(values)) if values else float("nan")
        return Evaluation("chance", {"chance": Interval(mean, mean, mean)}, values)

    def overview(self, probabilities, scheme):
        return "sure"


class SteadyTask:
    """A value task that keeps the protocol by the simplest means."""

    name = "steady"
    title = "Steady"
    target = Target.VALUE
    recipe = "tiny-value"
    strategy = "random"
    measure = "variance"
    panel = ""

    def score(self, samples, scheme, grid, measure):
        return CaseScore(float(measure.map(scheme.measured.to_shares(samples))), (), (), "because")

    def compare(self, prediction, truth, scheme):
        return (-abs(prediction.value - truth),)

    def summarise(self, rows, scheme):
        values = tuple(row[0] for row in rows)
        mean = -float(np.mean(values)) if values else float("nan")
        return Evaluation("error", {"error": Interval(mean, mean, mean)}, values, is_error=True)

    def overview(self, probabilities, scheme):
        return scheme.measured.in_words(float(probabilities[0]))


POINTS = (
    EntryPoint("tiny-value", "tests.test_testing:VALUE_RECIPE", "napari_medal.recipes"),
    EntryPoint("variance", "napari_medal.uncertainty.variance:MEASURE", "napari_medal.measures"),
    EntryPoint("tiny-class", "tests.test_testing:CLASS_RECIPE", "napari_medal.recipes"),
    EntryPoint("tiny", "tests.test_testing:TinyRecipe", "napari_medal.recipes"),
    EntryPoint("random", "napari_medal.acquisition.random_draw:STRATEGY", "napari_medal.strategies"),
    EntryPoint("entropy", "napari_medal.uncertainty.entropy:MEASURE", "napari_medal.measures"),
)


def score(**changes: Any) -> Callable[..., CaseScore]:
    return lambda self, *arguments: replace(SureTask.score(self, *arguments), **changes)


def summary(**changes: Any) -> Callable[..., Evaluation]:
    return lambda self, rows, scheme: replace(SureTask.summarise(self, rows, scheme), **changes)


def test_check_task_passes():
    check_task(SureTask(), POINTS)
    check_task(SteadyTask(), POINTS)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipe": "tiny-class"}, "asks for a value; its recipe 'tiny-class' answers a class"),
        ({"score": lambda *_: CaseScore(0.1, (0.1,), (), "why")}, "score has 1 class values; wanted 0"),
        ({"compare": lambda *_: (0.0,)}, "for right answers"),
        (
            {"summarise": lambda self, rows, scheme: replace(SteadyTask.summarise(self, rows, scheme), is_error=False)},
            "error is -0 for right answers, 6 for wrong ones",
        ),
    ],
)
def test_check_task_stops_a_task_that_measures(changes: dict[str, Any], sentence: str):
    with pytest.raises(ExtensionError, match=sentence):
        check_task(broken(SteadyTask, **changes), POINTS)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"measure": "entropie"}, "No extension 'entropie'.*installed: entropy"),
        ({"strategy": "best"}, "No extension 'best'"),
        ({"recipe": "none"}, "No extension 'none'"),
        ({"recipe": "tiny"}, "answers a mask"),
        ({"panel": "just a panel"}, "wanted 'package.module:Panel'"),
        ({"score": score(per_class=(0.1,))}, "score has 1 class values; wanted 2"),
        ({"score": score(per_slice=(0.1,))}, "score has 1 slice values; wanted 0"),
        ({"score": score(uncertainty=1.5)}, "outside 0 to 1"),
        ({"score": score(reason="")}, "no reason"),
        ({"score": lambda *_: 0.3}, "score gave float"),
        ({"overview": lambda *_: ""}, "overview gave ''"),
        ({"compare": lambda *_: ()}, "rows of \\[0\\] numbers"),
        ({"compare": lambda *_: (0.5,)}, "for right answers"),
        (
            {"summarise": lambda self, rows, scheme: SureTask.summarise(self, [rows[0], *rows[1:]], scheme)},
            "of 0 cases",
        ),
        ({"summarise": summary(primary="dice")}, "primary metric 'dice' is none of chance"),
        ({"summarise": summary(per_case=(0.1, 0.2, 0.3))}, "wanted a finite number for each of 2 cases"),
        ({"summarise": summary(metrics={"chance": Interval(0.5, 0.6, 0.7)})}, "value inside its interval"),
        ({"summarise": summary(metrics={"chance": Interval(0.5, 0.4, 0.7)})}, "chance is 0.5 for right answers"),
        ({"target": "class"}, "wanted a Target"),
    ],
)
def test_check_task_stops(changes: dict[str, Any], sentence: str):
    with pytest.raises(ExtensionError, match=sentence):
        check_task(broken(SureTask, **changes), POINTS)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("import qtpy", "importing loud_task loads .*qtpy"), ("import nothing_of_that_name", "cannot be imported")],
)
def test_check_task_stops_a_module_that_needs_a_window(
    code: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "loud_task.py").write_text(code)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    task = type("LoudTask", (SureTask,), {"__module__": "loud_task"})()
    with pytest.raises(ExtensionError, match=sentence):
        check_task(task, POINTS)


# Tasks that measure their masks

SCHEME = LabelScheme((LabelClass(2, "left", "#111111"), LabelClass(3, "right", "#222222")))


def diagonal(mask: np.ndarray, spacing_mm: tuple[float, ...]) -> Sketch:
    voxels = np.argwhere(mask)
    paths = (np.stack([voxels.min(0), voxels.max(0)]) * np.array(spacing_mm),) if len(voxels) else ()
    return Sketch("diagonal", "Diagonal", "From corner to corner", "#3182bd", paths)


@dataclass(frozen=True)
class SizeTask(MaskTask):
    """Counts voxels and draws a line through them."""

    name: str = "size"
    title: str = "Size"
    recipe: str = "tiny"
    strategy: str = "random"
    measure: str = "entropy"
    features: tuple[Feature, ...] = (Feature("size", "Size", "How many voxels"),)

    def figures(self, mask: np.ndarray, scheme: LabelScheme, grid: Grid) -> Any:
        return (float(np.count_nonzero(mask)),)

    def sketches(self, mask: np.ndarray, scheme: LabelScheme, grid: Grid) -> Any:
        return (diagonal(mask, grid.spacing_mm),)


def drawn(**changes: Any) -> Callable[..., Any]:
    return lambda self, mask, scheme, grid: (replace(diagonal(mask, grid.spacing_mm), **changes),)


def draw_where_nothing_is(self: SizeTask, mask: np.ndarray, scheme: LabelScheme, grid: Grid) -> Any:
    return (replace(diagonal(mask, grid.spacing_mm), points=None if mask.any() else np.zeros((1, 3))),)


def spoil_mask(self: SizeTask, mask: np.ndarray, scheme: LabelScheme, grid: Grid) -> Any:
    mask[0, 0, 0] = 1
    return (1.0,)


def test_check_task_passes_a_task_that_measures_masks():
    check_task(SizeTask(), POINTS)
    require_measuring("task", broken(SizeTask, sketches=lambda *_: (), figures=lambda *_: (math.nan,)), SCHEME)


def test_check_task_stops_figures_that_check_task_asks_for():
    with pytest.raises(ExtensionError, match="task 'size' has the features \\(\\); wanted a tuple of some"):
        check_task(SizeTask(features=()), POINTS)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"features": ()}, "wanted a tuple of some"),
        ({"features": ("size",)}, "features holds something else"),
        ({"features": (Feature("size", "Size", "A"), Feature("size", "Size", "B"))}, "wanted each name once"),
        ({"features": (Feature("Size in mm", "Size", "A"),)}, "wanted lower-case words"),
        ({"features": (Feature("size", "Size", " "),)}, "no title, or no tip"),
        ({"figures": lambda *_: ()}, "wanted a tuple of 1 figures"),
        ({"figures": lambda *_: (1,)}, "wanted finite floats, or nan"),
        ({"figures": lambda *_: (math.inf,)}, "wanted finite floats, or nan"),
        ({"figures": lambda _, mask, *rest: (1.0 / int(mask.sum()),)}, "of an empty mask raised ZeroDivisionError"),
        ({"figures": lambda *_: (float(np.random.default_rng().random()),)}, "wanted the same"),
        ({"figures": spoil_mask}, "changed the mask"),
        ({"sketches": lambda *_: "none"}, "gave str; wanted a tuple of Sketch"),
        ({"sketches": lambda *_: ("none",)}, "wanted a tuple of Sketch"),
        ({"sketches": drawn(tip="")}, "no title, or no tip"),
        ({"sketches": drawn(color="blue")}, "wanted '#rrggbb'"),
        ({"sketches": drawn(paths=(np.zeros(3),))}, "wanted finite ones, \\(n, 3\\)"),
        ({"sketches": drawn(points=np.full((1, 3), math.nan))}, "wanted finite ones"),
        ({"sketches": draw_where_nothing_is}, "an empty mask draws something"),
        ({"sketches": lambda _, mask, *rest: (diagonal(mask, (1.0, 1.0, 1.0)),)}, "lies far from the mask"),
        ({"sketches": lambda self, mask, *rest: SizeTask.sketches(self, mask, *rest) * 2}, "each once"),
        (
            {"sketches": lambda self, mask, *rest: SizeTask.sketches(self, mask, *rest) if mask.any() else ()},
            "wanted the same names",
        ),
    ],
)
def test_check_task_stops_a_task_that_measures_masks(changes: dict[str, Any], sentence: str):
    features = changes.pop("features", SizeTask.features)
    cls = type("BrokenSizeTask", (SizeTask,), {"__module__": __name__, **changes})
    with pytest.raises(ExtensionError, match=sentence):
        require_measuring("task 'size'", cls(features=features), SCHEME)


# Tools


@dataclass(frozen=True)
class Paint:
    """Gives the label to one voxel; the parts that can go wrong are fields."""

    name: str = "paint"
    title: str = "Paint"
    tip: str = "Paint a voxel"
    group: str = "Test"
    size_mm: Any = option(2.0, Option("Size", "How large", 0.0, 10.0, 0.5, "mm"))
    turn: Callable[[Drawing], Any] = lambda drawing: one_voxel(drawing)

    def apply(self, drawing: Drawing, progress: Any) -> Stroke:
        return self.turn(drawing)


def one_voxel(drawing: Drawing, place: int = 7, value: int | None = None, dtype: type = np.int64) -> Stroke:
    wanted = drawing.label if value is None else value
    before = np.take(drawing.mask, [place % drawing.mask.size])
    keep = before != wanted
    return Stroke(np.array([place], dtype)[keep], before[keep], np.array([wanted], np.uint8)[keep], "Paint")


def refuse(drawing: Drawing) -> Stroke:
    raise FormatError("No drawing is good enough.")


def refuse_silently(drawing: Drawing) -> Stroke:
    raise FormatError("")


def write(drawing: Drawing) -> Stroke:
    drawing.mask[0, 0, 0] = drawing.label
    return one_voxel(drawing)


def unlock(drawing: Drawing) -> Stroke:
    drawing.mask.setflags(write=True)
    drawing.mask[-1, -1, -1] = 7
    return one_voxel(drawing)


def test_check_tool_passes():
    check_tool(Paint())
    check_tool(Margin())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Paint it"}, "lower-case words with hyphens"),
        ({"tip": " "}, "the tip ' '; wanted words"),
        ({"group": ""}, "the group ''; wanted words"),
        ({"size_mm": 11.0}, "is 11 by default; wanted 0 to 10"),
        ({"size_mm": "2"}, "wanted bool, int, float or an enum"),
        ({"turn": refuse}, "refuses every drawing"),
        ({"turn": refuse_silently}, "refuses without words"),
        ({"turn": write}, "raised ValueError"),
        ({"turn": unlock}, "writes into the mask"),
        ({"turn": lambda drawing: None}, "gave NoneType; wanted a Stroke"),
        ({"turn": lambda drawing: one_voxel(drawing, value=77)}, r"draws the values \[77\]"),
        ({"turn": lambda drawing: one_voxel(drawing, place=10**9)}, "leaves the volume"),
        ({"turn": lambda drawing: one_voxel(drawing, dtype=np.int32)}, "wanted int64 and uint8"),
        ({"turn": lambda drawing: one_voxel(drawing, value=5)}, "labels on an empty mask that were not chosen"),
        ({"turn": lambda drawing: replace(one_voxel(drawing), title="")}, "has no title"),
        ({"turn": lambda drawing: 1 / 0}, "raised ZeroDivisionError"),
    ],
)
def test_check_tool_stops(changes: dict[str, Any], sentence: str):
    with pytest.raises(ExtensionError, match=sentence):
        check_tool(replace(Paint(), **changes))


def test_check_tool_stops_chance_twice_told_voxels_and_wrong_befores():
    rng = np.random.default_rng(0)
    with pytest.raises(ExtensionError, match="another stroke the second time"):
        check_tool(Paint(turn=lambda drawing: one_voxel(drawing, int(rng.integers(500)))))
    twice = Stroke(np.array([3, 3]), np.zeros(2, np.uint8), np.full(2, 3, np.uint8))
    with pytest.raises(ExtensionError, match="not ascending, or come twice"):
        check_tool(Paint(turn=lambda drawing: twice))
    wrong = Stroke(np.array([3]), np.full(1, 9, np.uint8), np.full(1, 3, np.uint8))
    with pytest.raises(ExtensionError, match="not what the mask holds"):
        check_tool(Paint(turn=lambda drawing: wrong))


# Readers of folders


def _first_of(self: PlainFolder, folder: Path, pseudonyms: Any, progress: Any) -> list[FoundCase]:
    return list(PlainFolder.find(self, folder, pseudonyms, progress))[:1]


def _backwards(self: PlainFolder, folder: Path, pseudonyms: Any, progress: Any) -> list[FoundCase]:
    return list(PlainFolder.find(self, folder, pseudonyms, progress))[::-1]


def _with_spaces(self: PlainFolder, folder: Path, pseudonyms: Any, progress: Any) -> list[FoundCase]:
    cases = PlainFolder.find(self, folder, pseudonyms, progress)
    return [replace(case, name=f"Jane Doe {case.name}") for case in cases]


def _without_files(self: PlainFolder, folder: Path, pseudonyms: Any, progress: Any) -> list[FoundCase]:
    return [replace(case, images=()) for case in PlainFolder.find(self, folder, pseudonyms, progress)]


def _nowhere(self: PlainFolder, folder: Path, pseudonyms: Any, progress: Any) -> list[FoundCase]:
    image = FoundImage((folder / "nowhere.nii.gz",))
    return [replace(case, images=(image,)) for case in PlainFolder.find(self, folder, pseudonyms, progress)]


def _mask_for_all(self: PlainFolder, folder: Path, cases: Any) -> dict[str, FoundImage]:
    return {case.name: FoundImage((folder / "a.nii",)) for case in cases}


def _refuse_masks(self: PlainFolder, folder: Path, cases: Any) -> dict[str, FoundImage]:
    raise KeyError(folder)


def _look_into(self: PlainFolder, folder: Path) -> bool:
    return any(folder.iterdir())


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": "No name"}, "lower-case words"),
        ({"name": "greedy"}, "recognises empty, which is none of its folders"),
        ({"recognises": lambda self, folder: 1}, "wanted a bool"),
        ({"recognises": _look_into}, "raised NotADirectoryError"),
        ({"recognises": lambda self, folder: False}, "does not recognise"),
        ({"find": _first_of}, "found 1 cases"),
        ({"find": _backwards}, "wanted each once, sorted"),
        ({"find": _with_spaces}, "other characters"),
        ({"find": _without_files}, "has no image"),
        ({"find": _nowhere}, "files that are not there"),
        ({"masks": _mask_for_all}, "masks of nobody-knows-this-case"),
        ({"masks": _refuse_masks}, "raised KeyError"),
    ],
)
def test_a_broken_reader_of_folders_is_stopped(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    example = tmp_path / "example"
    example.mkdir()
    for name in ("a.nii", "b.nii"):
        (example / name).touch()
    check_folder_reader(PlainFolder(), tmp_path, example)
    names = {key: value for key, value in changes.items() if key == "name"}
    with pytest.raises(ExtensionError, match=complaint):
        check_folder_reader(replace(broken(PlainFolder, **changes), **names), tmp_path, example)
