"""Grow labels from seeds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from napari_medal.core.drawing import Drawing
from napari_medal.core.progress import Progress
from napari_medal.core.stroke import Stroke
from napari_medal.core.tool import Option, option
from napari_medal.edit.nothing import nothing
from napari_medal.edit.region import Region
from napari_medal.errors import DrawingError
from napari_medal.types import FloatArray, ImageArray, LabelArray

_MAX_VOXELS = 200_000
"""The walk is solved on a grid of at most about so many voxels, which takes a fraction of a second."""
_BETA = 130.0
_SOLVER_TOLERANCE = 1e-4
_OUTSIDE = 1
"""The first of the random walker's classes; the labels follow."""


@dataclass(frozen=True)
class GrowSeeds:
    """Lets all labels that are drawn compete for the voxels between them.

    The random walker of Grady (2006), IEEE TPAMI 28(11):1768, doi:10.1109/TPAMI.2006.233: a voxel goes to the label
    whose seeds a walker, who shuns edges of the image, reaches first. In large regions it walks on a coarser grid.
    """

    name: str = "grow-seeds"
    title: str = "Grow from seeds"
    tip: str = "Let all labels grow from what is drawn of them until they meet each other or an edge of the image"
    group: str = "Image"
    margin_mm: float = option(10.0, Option("Margin", "How far beyond the seeds to grow", 0.0, 200.0, 5.0, "mm"))
    rim: bool = option(
        True, Option("Rim is outside", "Take the rim of that region for background; needed with one label")
    )

    def apply(self, drawing: Drawing, progress: Progress) -> Stroke:
        """Return the grown labels.

        Raises:
            DrawingError: There is one label only and no background, or the image is of one intensity.
        """
        seeds = Region.of_labels(drawing, drawing.scheme.values)
        if seeds is None:
            return nothing(self.title)
        region = seeds.widened(self.margin_mm)
        before = region.of(drawing.mask)
        values = [value for value in drawing.scheme.values if (before == value).any()]
        if len(values) == 1 and not self.rim:
            msg = "One label grows without end. Draw a second one around it, or let the rim be outside."
            raise DrawingError(msg)
        progress.step(0, 3, "Looking at the seeds")
        image = region.of(drawing.image).astype(np.float32)
        if image.min() == image.max():
            msg = "The image has one intensity only around the seeds: there is no edge to grow to."
            raise DrawingError(msg)
        classes = self._classes(before, values)
        factors = _factors(before.shape, region.spacing_mm)
        progress.step(1, 3, "Growing")
        grown = _walk(image, classes, factors, region.spacing_mm, len(values) + 1)
        progress.step(2, 3, "Drawing")
        wanted = np.array([0, *values], dtype=np.uint8)[grown]
        return region.stroke(drawing, np.where(before > 0, before, wanted), self.title)

    def _classes(self, before: LabelArray, values: list[int]) -> npt.NDArray[np.int32]:
        """Return the seeds: 0 unknown, 1 outside, 2, 3, ... the labels."""
        classes = np.zeros(before.shape, dtype=np.int32)
        if self.rim:
            for axis in range(3):
                if before.shape[axis] > 1:
                    outer = np.moveaxis(classes, axis, 0)
                    outer[0], outer[-1] = _OUTSIDE, _OUTSIDE
        for number, value in enumerate(values):
            classes[before == value] = _OUTSIDE + 1 + number
        return classes


def _factors(shape: tuple[int, ...], spacing_mm: tuple[float, float, float]) -> tuple[int, ...]:
    """Return how many voxels become one along each axis: none where the region is small, else towards equal sides."""
    factors = [1, 1, 1]
    while np.prod([-(-size // factor) for size, factor in zip(shape, factors, strict=True)]) > _MAX_VOXELS:
        sides = [mm * factor for mm, factor in zip(spacing_mm, factors, strict=True)]
        finest = min((axis for axis in range(3) if shape[axis] > factors[axis]), key=lambda axis: sides[axis])
        factors[finest] += 1
    return tuple(factors)


def _walk(
    image: ImageArray,
    classes: npt.NDArray[np.int32],
    factors: tuple[int, ...],
    spacing_mm: tuple[float, float, float],
    count: int,
) -> npt.NDArray[np.intp]:
    """Return for each voxel the most probable class, 0 outside, 1, 2, ... the labels, (Z, Y, X)."""
    from skimage.segmentation import random_walker

    coarse = _shrunk(image, factors) if max(factors) > 1 else image
    seeds = _shrunk_seeds(classes, factors, count)
    present = np.unique(seeds[seeds > 0])
    chances = np.zeros((count, *seeds.shape), dtype=np.float32)
    if (seeds == 0).any():
        sides = np.array(spacing_mm) * factors
        compact = np.where(seeds > 0, np.searchsorted(present, seeds) + 1, 0)
        found = random_walker(
            coarse / coarse.std(),
            compact,
            beta=_BETA,
            mode="cg_j",
            tol=_SOLVER_TOLERANCE,
            prob_tol=1.0,  # the solver is not exact; only the order of the classes counts
            spacing=sides / sides.min(),
            return_full_prob=True,
        )
        chances[present - 1] = found
    else:
        for number in present:
            chances[number - 1] = seeds == number
    return np.asarray(np.argmax(np.round(_spread(chances, factors, image.shape), 4), axis=0))


def _shrunk(image: ImageArray, factors: tuple[int, ...]) -> FloatArray:
    """Return the mean of each block of voxels; blocks at the far sides may be smaller."""
    from scipy import ndimage

    middles = tuple(slice(factor // 2, None, factor) for factor in factors)
    return np.asarray(ndimage.uniform_filter(image, factors, mode="nearest"), dtype=np.float32)[middles]


def _shrunk_seeds(classes: npt.NDArray[np.int32], factors: tuple[int, ...], count: int) -> npt.NDArray[np.int32]:
    """Return the seeds on a coarser grid: a block is the seed of a label that it holds, if of one only."""
    from scipy import ndimage

    if max(factors) == 1:
        return classes
    middles = tuple(slice(factor // 2, None, factor) for factor in factors)
    held = [ndimage.maximum_filter(classes == number, factors)[middles] for number in range(1, count + 1)]
    labels = np.sum(held[1:], axis=0)
    seeds = np.zeros(labels.shape, dtype=np.int32)
    seeds[held[0] & (labels == 0)] = _OUTSIDE
    for number in range(2, count + 1):
        seeds[held[number - 1] & (labels == 1)] = number
    return seeds


def _spread(chances: FloatArray, factors: tuple[int, ...], shape: tuple[int, ...]) -> FloatArray:
    """Return (C, ...) probabilities on the fine grid, by linear interpolation between the middles of the blocks.

    One axis after the other takes a fraction of the time of scipy's interpolation in 3D.
    """
    spread = chances
    for axis, (factor, size) in enumerate(zip(factors, shape, strict=True), start=1):
        if factor == 1:
            continue
        last = spread.shape[axis] - 1
        place = np.clip((np.arange(size) - (factor - 1) / 2) / factor, 0.0, last)
        before = place.astype(np.int64)
        part = (place - before).astype(np.float32).reshape([-1 if other == axis else 1 for other in range(4)])
        low, high = np.take(spread, before, axis), np.take(spread, np.minimum(before + 1, last), axis)
        spread = low + (high - low) * part
    return spread


TOOL = GrowSeeds()
