"""A case as a network sees it: resampled, normalised, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as nnf

from napari_medal.core.grid import Grid
from napari_medal.core.particulars import HistogramWindow
from napari_medal.core.plan import Intensities, Plan
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.engine.histogram_window import cut_off
from napari_medal.errors import GeometryError
from napari_medal.types import FloatArray, LabelArray, Samples

Shape = tuple[int, int, int]

_LOOKED_AT = 2_000_000
"""Voxels that percentiles are taken from, at most about."""
_EVEN = 1e-6
"""A deviation below which an image shows nothing."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The image of a case on the network's grid.

    Args:
        image: (C, Z, Y, X) normalised intensities; float32 in memory, or half of that in a file that is mapped.
        grid: The case's own canonical grid, to go back to.
        spacing_mm: Spacing (z, y, x) of `image`.
    """

    image: FloatArray
    grid: Grid
    spacing_mm: tuple[float, float, float]

    @property
    def bytes(self) -> int:
        """Memory that the image takes."""
        return int(self.image.nbytes)

    @cached_property
    def lowest(self) -> float:
        """The lowest intensity, which stands for what lies outside of the image."""
        return float(self.image.min())


def prepare(volumes: Sequence[Volume], plan: Plan, target: Target) -> Prepared:
    """Bring the channels of a case onto the network's grid, one after the other.

    For a mask, images are resampled to the plan's spacing. For a class or a value, the whole image is scaled into the
    plan's patch, keeping its proportions in millimetres, and padded with its lowest value; where the plan has a
    spacing, no image is enlarged beyond it, so that large things stay larger than small ones.

    Raises:
        GeometryError: A channel that the plan looks at is not there.
    """
    volumes = seen(volumes, plan)
    grid = volumes[0].grid
    units = (*plan.intensities, *(None,) * len(volumes))
    window = plan.particulars.window
    boxed = target is not Target.MASK
    shape = _letter_shape(grid, plan) if boxed else network_shape(grid.shape, grid.spacing_mm, plan)
    image = np.empty((len(volumes), *shape), dtype=np.float32)
    for channel, volume in enumerate(volumes):
        image[channel] = _resize(normalise(volume.array, units[channel], window), shape)
    if boxed:
        z, y, x = (mm * n / new for mm, n, new in zip(grid.spacing_mm, grid.shape, shape, strict=True))
        return Prepared(_boxed(image, plan.patch), grid, (z, y, x))
    spacing = grid.spacing_mm if shape == grid.shape or plan.spacing_mm is None else plan.spacing_mm
    return Prepared(image, grid, spacing)


def seen(volumes: Sequence[Volume], plan: Plan) -> Sequence[Volume]:
    """Return the channels that a network with this plan looks at.

    Raises:
        GeometryError: One of them is not there.
    """
    wanted = plan.particulars.looks_at
    if wanted and max(wanted) >= len(volumes):
        msg = f"Found {len(volumes)} channels; the network looks at channel {max(wanted) + 1}."
        raise GeometryError(msg)
    return [volumes[channel] for channel in wanted] if wanted else volumes


def prepare_mask(indices: LabelArray, shape: Shape) -> LabelArray:
    """Bring a mask of class indices (Z, Y, X) onto a network grid of `shape`, by nearest neighbour."""
    found = indices
    for axis, (n, new) in enumerate(zip(indices.shape, shape, strict=True)):
        if n != new:
            places = np.floor((np.arange(new) + 0.5) * (n / new)).astype(np.intp)
            found = found.take(np.minimum(places, n - 1), axis=axis)
    return np.ascontiguousarray(found)


def restore(samples: torch.Tensor, shape: Shape) -> Samples:
    """Bring probabilities (S, C, Z, Y, X) from the network's grid back onto the case's own, of `shape`."""
    if tuple(samples.shape[2:]) != shape:
        samples = nnf.interpolate(samples, size=shape, mode="trilinear", align_corners=False)
    return samples.cpu().numpy()


def network_shape(shape: Shape, spacing_mm: tuple[float, float, float], plan: Plan) -> Shape:
    """Return the shape of a case on the plan's spacing; differences under 1 % are not worth resampling."""
    if plan.spacing_mm is None:
        return shape
    ratios = [own / wanted for own, wanted in zip(spacing_mm, plan.spacing_mm, strict=True)]
    z, y, x = (
        n if abs(ratio - 1.0) < 0.01 else max(1, round(n * ratio)) for n, ratio in zip(shape, ratios, strict=True)
    )
    return z, y, x


def normalise(
    array: npt.NDArray[np.generic], unit: Intensities | None = None, window: HistogramWindow | None = None
) -> FloatArray:
    """Clip and scale intensities; one float32 copy of the volume is all that is made.

    A channel with a unit is clipped and scaled alike in all cases, which is nnU-Net's rule for CT (Isensee et al. 2021,
    Nat Methods 18:203). Any other is clipped to its own 0.5th and 99.5th percentile and scaled to zero mean and unit
    deviation: scanners give MR no common unit, and single bright voxels reach a thousand times the tissue.

    Args:
        array: (Z, Y, X) intensities as they were stored.
        unit: What the channel is normalised with; None looks at the volume alone.
        window: What is cut off before, if anything.
    """
    values = np.array(array, dtype=np.float32, order="C")
    if window is not None:
        values = cut_off(values, window.low_percentile, window.bins, window.reach)
    if unit is not None:
        return _scaled(np.clip(values, unit.low, unit.high, out=values), unit.mean, unit.deviation)
    stride = max(1, values.size // _LOOKED_AT)
    low, high = np.percentile(values.reshape(-1)[::stride], (0.5, 99.5)).astype(np.float32)
    if low == high:  # nearly all voxels share one value: what differs from it is the image
        low, high = values.min(), values.max()
    np.clip(values, low, high, out=values)
    mean = sum(part.sum(dtype=np.float64) for part in values) / values.size
    deviation = np.sqrt(sum(np.square(part - mean, dtype=np.float64).sum() for part in values) / values.size)
    return _scaled(values, float(mean), float(deviation))


def _scaled(values: FloatArray, mean: float, deviation: float) -> FloatArray:
    """Subtract the mean and divide by the deviation, in place; an even image becomes zero."""
    if deviation < _EVEN:
        values[:] = 0.0
        return values
    values -= np.float32(mean)
    values /= np.float32(deviation)
    return values


def _resize(image: FloatArray, shape: Shape) -> FloatArray:
    """Scale (Z, Y, X) to a shape, linearly."""
    if image.shape == shape:
        return image
    tensor = torch.from_numpy(image)[None, None]
    return nnf.interpolate(tensor, size=shape, mode="trilinear", align_corners=False)[0, 0].numpy()


def _letter_shape(grid: Grid, plan: Plan) -> Shape:
    """Return the largest shape that fits into the patch with the image's proportions in millimetres."""
    patch = plan.patch
    extents = [n * mm for n, mm in zip(grid.shape, grid.spacing_mm, strict=True)]
    axes = [axis for axis in range(3) if patch[axis] > 1]
    scale = min(patch[axis] / extents[axis] for axis in axes)
    if plan.spacing_mm is not None:
        scale = min(scale, 1.0 / max(plan.spacing_mm))
    z, y, x = (
        max(1, min(patch[axis], round(extents[axis] * scale))) if axis in axes else patch[axis] for axis in range(3)
    )
    return z, y, x


def _boxed(image: FloatArray, patch: Shape) -> FloatArray:
    """Centre (C, Z, Y, X) in a box of `patch`, filled with its lowest value."""
    z, y, x = image.shape[1:]
    before = [(wanted - found) // 2 for wanted, found in zip(patch, (z, y, x), strict=True)]
    boxed = np.full((image.shape[0], *patch), image.min(), dtype=np.float32)
    boxed[:, before[0] : before[0] + z, before[1] : before[1] + y, before[2] : before[2] + x] = image
    return boxed
