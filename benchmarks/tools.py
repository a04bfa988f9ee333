"""How long each correction tool takes on a large CT, beside the plain library call on the same box.

    python benchmarks/tools.py

The volume has 512 x 512 x 400 voxels; one label is the size of a liver, about 200 x 180 x 150 voxels, the other a small
lesion. A tool's time counts from the drawing to the stroke, with all that finds the box in the volume; the plain call
gets the box for nothing.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import Any

import numpy as np
import numpy.typing as npt
import SimpleITK
from scipy import ndimage
from skimage.segmentation import flood, watershed

from napari_medal.core.drawing import Drawing
from napari_medal.core.grid import Grid
from napari_medal.core.labels import LabelClass, LabelScheme
from napari_medal.core.progress import Silent
from napari_medal.core.tool import EditTool
from napari_medal.edit.extent import Extent
from napari_medal.edit.region import Region
from napari_medal.edit.restore import Part

_SHAPE = (400, 512, 512)
_SPACING_MM = (1.25, 0.8, 0.8)
_LIVER, _LESION, _SPARE = 1, 2, 3
_SCHEME = LabelScheme(
    (
        LabelClass(_LIVER, "liver", "#e6550d"),
        LabelClass(_LESION, "lesion", "#3182bd"),
        LabelClass(_SPARE, "x", "#31a354"),
    )
)
_SHAPES = {"liver": (_LIVER, (200, 250, 240), (75, 90, 100)), "lesion": (_LESION, (90, 120, 130), (6, 9, 9))}
_REPEATS = 3
_FULL = np.ones((3, 3, 3), dtype=bool)


@dataclass(frozen=True)
class Box:
    """What a plain library call gets: the parts of the arrays around a label."""

    mask: npt.NDArray[np.uint8]
    shape: npt.NDArray[np.bool_]
    image: npt.NDArray[np.int16]
    probability: npt.NDArray[np.float32]
    seed: tuple[int, int, int]


def _distance(box: Box) -> None:
    image = SimpleITK.GetImageFromArray(box.shape.astype(np.uint8))
    image.SetSpacing(_SPACING_MM[::-1])
    SimpleITK.GetArrayFromImage(SimpleITK.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True))


def _slice_distances(box: Box) -> None:
    for plane in box.shape[::5]:
        ndimage.distance_transform_edt(plane)
        ndimage.distance_transform_edt(~plane)


def _watershed(box: Box) -> None:
    markers = ndimage.binary_erosion(box.shape, iterations=2).astype(np.int32)
    markers[0] = markers[-1] = 2
    watershed(ndimage.gaussian_gradient_magnitude(box.image.astype(np.float32), 1.0), markers)


def _label(box: Box) -> None:
    np.bincount(ndimage.label(box.shape, _FULL)[0].reshape(-1))


_PLAIN: Mapping[str, tuple[str, Callable[[Box], Any]]] = {
    "fill-between": ("scipy distance_transform_edt of every fifth slice", _slice_distances),
    "copy-before": ("numpy copy of a slice", lambda box: box.mask[0].copy()),
    "copy-after": ("numpy copy of a slice", lambda box: box.mask[0].copy()),
    "smooth": ("scipy gaussian_filter", lambda box: ndimage.gaussian_filter(box.shape.astype(float), 2.0)),
    "margin": ("SimpleITK SignedMaurerDistanceMap", _distance),
    "hollow": ("SimpleITK SignedMaurerDistanceMap", _distance),
    "fill-holes": ("scipy binary_fill_holes", lambda box: ndimage.binary_fill_holes(box.shape)),
    "keep-largest": ("scipy label", _label),
    "remove-small": ("scipy label", _label),
    "split": ("scipy label", _label),
    "keep-island": ("scipy label", _label),
    "remove-island": ("scipy label", _label),
    "pick-candidate": ("scipy label", _label),
    "combine": ("numpy or", lambda box: box.shape | (box.mask == _SPARE)),
    "grow-seeds": ("skimage watershed of the gradient", _watershed),
    "flood": ("skimage flood", lambda box: flood(box.image, box.seed, tolerance=20)),
    "restore": ("numpy comparison", lambda box: box.mask != box.mask),
    "threshold": ("numpy comparison", lambda box: box.probability >= 0.4),
}


def main() -> None:
    drawing = _volume()
    tools = {point.name: point.load() for point in entry_points(group="napari_medal.tools")}
    print(f"{_SHAPE[2]} x {_SHAPE[1]} x {_SHAPE[0]} voxels, int16; best of {_REPEATS}; times in ms\n")
    print("| tool | plain call on the same box | liver | plain | ratio | lesion | plain | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for name in _PLAIN:
        cells = [cell for what in _SHAPES for cell in _row(tools[name], drawing, what)]
        print(f"| `{name}` | {_PLAIN[name][0]} | " + " | ".join(cells) + " |", flush=True)


def _row(tool: EditTool, drawing: Drawing, what: str) -> tuple[str, str, str]:
    label, middle, _ = _SHAPES[what]
    drawing = replace(drawing, label=label, index=middle)
    tool = _set_up(tool)
    if tool.name == "fill-between":
        mask = drawing.mask.copy()
        mask[np.arange(_SHAPE[0]) % 5 != 0] = 0
        drawing = replace(drawing, mask=mask)
    elif tool.name in ("split", "grow-seeds"):
        drawing = replace(drawing, mask=np.where(drawing.mask == label, label, 0).astype(np.uint8))
    region = Region.of_labels(drawing, (label,))
    if region is None:
        return "-", "-", "-"
    region = region.widened(5.0)
    seed = region.place(middle)
    box = Box(
        region.of(drawing.mask).copy(),
        region.of(drawing.mask) == label,
        region.of(drawing.image).copy(),
        region.of(drawing.probabilities)[label].copy()
        if drawing.probabilities is not None
        else np.empty(0, np.float32),
        seed,
    )
    own_ms = _time_ms(lambda: tool.apply(drawing, Silent()))
    plain_ms = _time_ms(lambda: _PLAIN[tool.name][1](box))
    return f"{own_ms:.0f}", f"{plain_ms:.1f}", f"{own_ms / max(plain_ms, 1e-3):.1f}"


def _set_up(tool: EditTool) -> Any:
    """Choose settings that change something."""
    if tool.name == "combine":
        return replace(tool, other=_SPARE)  # type: ignore[type-var]
    if tool.name == "flood":
        return replace(tool, distance_mm=100.0, extent=Extent.VOLUME)  # type: ignore[type-var]
    if tool.name == "restore":
        return replace(tool, part=Part.EVERYTHING)  # type: ignore[type-var]
    if tool.name == "threshold":
        return replace(tool, level=0.4)  # type: ignore[type-var]
    return tool


def _time_ms(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
        if times[-1] > 2.0:
            break
    return 1e3 * min(times)


def _volume() -> Drawing:
    """Return noise with two ellipsoids in it, a speck beside each, and a prediction that lies a voxel aside."""
    rng = np.random.default_rng(0)
    mask = np.zeros(_SHAPE, dtype=np.uint8)
    image = rng.integers(-30, 30, _SHAPE, dtype=np.int16)
    chances = np.zeros((4, *_SHAPE), dtype=np.float32)
    for label, middle, radii in _SHAPES.values():
        part = tuple(slice(m - r - 12, m + r + 13) for m, r in zip(middle, radii, strict=True))
        places = np.ogrid[tuple(slice(-r - 12, r + 13) for r in radii)]
        away = np.sqrt(sum((place / radius) ** 2 for place, radius in zip(places, radii, strict=True)))
        inside = away <= 1.0
        inside[8:10, 8:10, 8:10] = True
        mask[part][inside] = label
        image[part][inside] += np.int16(100)
        chances[label][part] = 1.0 / (1.0 + np.exp(8.0 * (away - 1.0)))
    mask[300:310, 300:310, 300:310] = _SPARE
    chances[0] = 1.0 - chances[1] - chances[2]
    affine = np.zeros((4, 4))
    affine[2, 0], affine[1, 1], affine[0, 2], affine[3, 3] = (*_SPACING_MM, 1.0)
    prediction = np.roll(mask, 1, axis=2)
    return Drawing(mask, image, Grid(_SHAPE, affine), _SCHEME, _LIVER, (0, 0, 0), 0, prediction, chances)


if __name__ == "__main__":
    main()
