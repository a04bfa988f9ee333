"""A case as a network sees it: resampled, normalised, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as nnf

from napari_medal.core.grid import Grid
from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.core.volume import Volume
from napari_medal.types import FloatArray, LabelArray, Samples

Shape = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Prepared:
    """The image of a case on the network's grid.

    Args:
        image: (C, Z, Y, X) normalised intensities.
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


def prepare(volumes: Sequence[Volume], plan: Plan, target: Target) -> Prepared:
    """Bring the channels of a case onto the network's grid.

    For a mask, images are resampled to the plan's spacing. For a class or a value, the whole image is scaled into the
    plan's patch, keeping its proportions in millimetres, and padded with its lowest value; where the plan has a
    spacing, no image is enlarged beyond it, so that large things stay larger than small ones.
    """
    grid = volumes[0].grid
    image = np.stack([normalise(volume.array) for volume in volumes])
    if target is not Target.MASK:
        size = _letter_shape(grid, plan)
        z, y, x = (mm * n / new for mm, n, new in zip(grid.spacing_mm, grid.shape, size, strict=True))
        return Prepared(_boxed(_resize(image, size), plan.patch), grid, (z, y, x))
    shape = network_shape(grid.shape, grid.spacing_mm, plan)
    spacing = grid.spacing_mm if shape == grid.shape or plan.spacing_mm is None else plan.spacing_mm
    return Prepared(_resize(image, shape), grid, spacing)


def prepare_mask(indices: LabelArray, shape: Shape) -> LabelArray:
    """Bring a mask of class indices (Z, Y, X) onto a network grid of `shape`, by nearest neighbour."""
    if indices.shape == shape:
        return np.ascontiguousarray(indices)
    tensor = torch.from_numpy(np.ascontiguousarray(indices)).float()[None, None]
    return nnf.interpolate(tensor, size=shape, mode="nearest-exact")[0, 0].to(torch.uint8).numpy()


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


def normalise(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> FloatArray:
    """Clip to the 0.5th and 99.5th percentile and scale to zero mean and unit deviation, for each volume by itself.

    Scanners give MR no common unit, and single bright voxels reach a thousand times the tissue.
    """
    values = np.asarray(array, dtype=np.float32)
    stride = max(1, values.size // 2_000_000)
    low, high = np.percentile(values.reshape(-1)[::stride], (0.5, 99.5)).astype(np.float32)
    if low == high:  # nearly all voxels share one value: what differs from it is the image
        low, high = values.min(), values.max()
    clipped = np.clip(values, low, high)
    deviation = np.float32(clipped.std(dtype=np.float64))
    if deviation < 1e-6:
        return np.zeros_like(clipped)
    return np.asarray((clipped - np.float32(clipped.mean(dtype=np.float64))) / deviation, dtype=np.float32)


def _resize(image: FloatArray, shape: Shape) -> FloatArray:
    """Scale (C, Z, Y, X) to a shape, linearly."""
    if image.shape[1:] == shape:
        return image
    tensor = torch.from_numpy(np.ascontiguousarray(image))[None]
    return nnf.interpolate(tensor, size=shape, mode="trilinear", align_corners=False)[0].numpy()


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
