"""The check of a correction tool."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.grid import Grid
from napari_medal.core.labels import PALETTE, LabelClass, LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.core.shares import Shares
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import EditTool, options_of
from napari_medal.errors import ExtensionError, MedalError
from napari_medal.testing.breach import require, require_identity
from napari_medal.types import LabelArray

_VALUES = (3, 5, 9)


def check_tool(tool: EditTool) -> None:
    """Check identity and options; that strokes are sound and repeatable, and that the drawing stays as it was.

    A tool may refuse a drawing with a `MedalError` that says in words what it lacks, but not every drawing.

    Raises:
        ExtensionError: The first promise that is not kept.
    """
    what = require_identity("tool", tool, EditTool)
    for text in ("tip", "group"):
        found = getattr(tool, text)
        require(isinstance(found, str) and found.strip(), f"The {what} has the {text} {found!r}; wanted words.")
    _check_options(what, tool)
    labelled = replace(tool, **{name: _VALUES[1] for name, asked in options_of(tool).items() if asked.is_label})  # type: ignore[type-var]
    strokes = [_check_drawing(f"{what} on {name}", labelled, drawing) for name, drawing in _drawings()]
    require(any(stroke is not None for stroke in strokes), f"{what} refuses every drawing.")
    empty = _check_drawing(f"{what} on an empty mask without a prediction", labelled, _empty())
    require(
        empty is None or set(empty.after.tolist()) <= {_VALUES[0]},
        f"{what} draws labels on an empty mask that were not chosen.",
    )


def _check_options(what: str, tool: EditTool) -> None:
    require(is_dataclass(tool) and type(tool).__dataclass_params__.frozen, f"{what} is no frozen dataclass.")
    settings = {entry.name: getattr(tool, entry.name) for entry in fields(tool)}  # type: ignore[arg-type]
    for name, asked in options_of(tool).items():
        option = f"{what}: option '{name}'"
        value = settings[name]
        require(asked.title.strip() and asked.tip.strip(), f"{option} has no words.")
        require(
            isinstance(value, bool | int | float | Enum), f"{option} is {value!r}; wanted bool, int, float or an enum."
        )
        if isinstance(value, int | float) and not isinstance(value, bool):
            require(asked.low < asked.high and asked.step > 0, f"{option} has no range or no step.")
            require(
                asked.low <= value <= asked.high,
                f"{option} is {value:g} by default; wanted {asked.low:g} to {asked.high:g}.",
            )
        require(not asked.is_label or type(value) is int, f"{option} is a label; wanted a whole number.")


def _check_drawing(what: str, tool: EditTool, drawing: Drawing) -> Stroke | None:
    """Check one stroke; None where the tool refuses."""
    kept = replace(drawing, mask=drawing.mask.copy(), image=drawing.image.copy())
    chances = drawing.probabilities.bytes if isinstance(drawing.probabilities, Shares) else drawing.probabilities
    arrays = (drawing.mask, drawing.image, drawing.prediction, chances)
    for array in arrays:
        if array is not None:
            array.setflags(write=False)
    stroke = _stroke(what, tool, drawing)
    again = _stroke(what, tool, drawing)
    if stroke is None or again is None:
        require(stroke is again, f"{what} refuses the drawing once and not the second time.")
        return None
    require(np.array_equal(drawing.mask, kept.mask), f"{what} writes into the mask; wanted a stroke.")
    require(np.array_equal(drawing.image, kept.image), f"{what} writes into the image.")
    same = all(np.array_equal(getattr(stroke, part), getattr(again, part)) for part in ("voxels", "before", "after"))
    require(same, f"{what} gives another stroke the second time.")
    _check_stroke(what, stroke, drawing)
    return stroke


def _stroke(what: str, tool: EditTool, drawing: Drawing) -> Stroke | None:
    try:
        stroke = tool.apply(drawing, Silent())
    except MedalError as refusal:
        require(str(refusal).strip(), f"{what} refuses without words.")
        return None
    except Exception as error:  # an extension may raise anything
        msg = f"{what} raised {type(error).__name__}: {error}; wanted a stroke or a MedalError."
        raise ExtensionError(msg) from error
    require(isinstance(stroke, Stroke), f"{what} gave {type(stroke).__name__}; wanted a Stroke.")
    return stroke


def _check_stroke(what: str, stroke: Stroke, drawing: Drawing) -> None:
    size = drawing.mask.size
    require(
        stroke.voxels.dtype == np.int64 and stroke.before.dtype == stroke.after.dtype == np.uint8,
        f"{what}: a stroke of {stroke.voxels.dtype} and {stroke.after.dtype}; wanted int64 and uint8.",
    )
    inside = bool(np.all((stroke.voxels >= 0) & (stroke.voxels < size)))
    require(inside, f"{what}: a stroke leaves the volume.")
    require(bool(np.all(np.diff(stroke.voxels) > 0)), f"{what}: voxels of a stroke are not ascending, or come twice.")
    require(
        np.array_equal(stroke.before, np.take(drawing.mask, stroke.voxels)),
        f"{what}: 'before' is not what the mask holds.",
    )
    require(not np.any(stroke.before == stroke.after), f"{what}: a stroke holds voxels that do not change.")
    strange = set(stroke.after.tolist()) - {0, *drawing.scheme.values}
    require(not strange, f"{what} draws the values {sorted(strange)}, which are no labels of the task.")
    require(stroke.title.strip(), f"{what}: a stroke has no title.")


def _drawings() -> Iterator[tuple[str, Drawing]]:
    """Return drawings of two balls and a box, in slices and whole, in 3D and 2D, seen along each axis."""
    solid = _drawing((14, 16, 18), (2.0, 1.0, 0.5))
    sparse = solid.mask.copy()
    sparse[1::2] = 0
    for axis in range(3):
        yield f"a volume seen along axis {axis}", replace(solid, axis=axis)
        yield f"every second slice of a volume, seen along axis {axis}", replace(solid, mask=sparse, axis=axis)
    yield "a volume with the crosshair on nothing", replace(solid, index=(0, 0, 0))
    yield "a volume without a prediction", replace(solid, prediction=None, probabilities=None)
    yield "a volume without the chosen label", replace(solid, mask=np.where(solid.mask == _VALUES[0], 0, solid.mask))
    yield "a volume full of the chosen label", replace(solid, mask=np.full_like(solid.mask, _VALUES[0]))
    yield "a volume with the background chosen", replace(solid, label=0)
    yield "an image", _drawing((1, 24, 24), (1.0, 0.7, 0.7))


def _empty() -> Drawing:
    solid = _drawing((6, 7, 8), (1.0, 1.0, 1.0))
    return replace(solid, mask=np.zeros_like(solid.mask), prediction=None, probabilities=None)


def _drawing(shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]) -> Drawing:
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = (*spacing_mm, 1.0)
    grid = Grid(shape, affine)
    mask = _mask(shape)
    rng = np.random.default_rng(0)
    image = (100.0 * (mask > 0) + rng.normal(0.0, 8.0, shape)).astype(np.int16)
    prediction = np.roll(mask, 1, axis=1)
    scheme = LabelScheme(tuple(LabelClass(v, f"part {v}", PALETTE[n]) for n, v in enumerate(_VALUES)))
    middle = (shape[0] // 2, shape[1] // 3, shape[2] // 3)
    probabilities = _probabilities(prediction, rng)
    return Drawing(mask, image, grid, scheme, _VALUES[0], middle, 0, prediction, probabilities)


def _mask(shape: tuple[int, int, int]) -> LabelArray:
    z, y, x = (
        np.arange(size).reshape([-1 if axis == own else 1 for axis in range(3)]) for own, size in enumerate(shape)
    )
    mask = np.zeros(shape, dtype=np.uint8)
    reach = max(shape[0] // 3, 1)
    near = np.abs(z - shape[0] // 2) < reach
    mask[near & (np.hypot(y - shape[1] / 3, x - shape[2] / 3) < shape[1] / 5)] = _VALUES[0]
    mask[near & (np.hypot(y - shape[1] * 0.8, x - shape[2] * 0.8) < shape[1] / 8)] = _VALUES[0]
    mask[near & (np.abs(y - shape[1] * 0.75) < 2.0) & (np.abs(x - shape[2] * 0.3) < 3.0)] = _VALUES[1]
    return mask


def _probabilities(prediction: LabelArray, rng: np.random.Generator) -> Shares:
    chances: npt.NDArray[np.float64] = rng.random((1 + len(_VALUES), *prediction.shape)) * 0.4
    for number, value in enumerate((0, *_VALUES)):
        chances[number] += prediction == value
    return Shares.of(chances / chances.sum(axis=0))
