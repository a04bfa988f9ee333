"""Random changes that leave the answer right, on whole batches and on the batch's device.

No mirroring: left and right matter in anatomy, and labels may name a side.
"""

import math

import torch
import torch.nn.functional as nnf

from napari_medal.engine.examples import Batch
from napari_medal.engine.turning import extents_mm, in_grid, is_flat, rotations

_ROTATION_DEGREES = 15.0
_SCALE_LOG = 0.2
_SHIFT = 0.08
_WARP = 0.06
"""Amplitude of the elastic field, in half-widths of the patch."""
_WARP_NODES = 5


class Augmenter:
    """Rotates, scales, shifts, warps, and changes contrast, gamma and noise.

    The ranges are those of nnU-Net (Isensee et al. 2021, Nat Methods 18:203) where it has the same change, narrowed
    for rotation; the elastic warp was kept because it measured better on few labels (docs/benchmarks.md).

    Args:
        spacing_mm: Spacing (z, y, x) of the patches, so that rotations are rotations in millimetres.
        generator: Source of chance, on the CPU.
        keeps_sizes: Neither scale nor warp, where the answer may be a size.
    """

    def __init__(
        self, spacing_mm: tuple[float, float, float], generator: torch.Generator, keeps_sizes: bool = False
    ) -> None:
        self._spacing_mm = spacing_mm
        self._generator = generator
        self._keeps_sizes = keeps_sizes

    def __call__(self, batch: Batch) -> Batch:
        """Return a changed batch."""
        images = batch.images
        answers = batch.answers
        field = self._field(images)
        images = nnf.grid_sample(images, field, mode="bilinear", padding_mode="border", align_corners=False)
        if answers.ndim == images.ndim:
            moved = nnf.grid_sample(answers.float(), field, mode="nearest", align_corners=False)
            answers = moved.to(torch.uint8)
        return Batch(self._intensities(images), answers)

    def _field(self, images: torch.Tensor) -> torch.Tensor:
        """Return where each voxel of the result comes from, (B, Z, Y, X, 3) in grid_sample's coordinates."""
        size = images.shape[0]
        bound = math.radians(_ROTATION_DEGREES)
        turns = rotations(self._uniform((size, 3), -bound, bound), is_flat(images, self._spacing_mm))
        limit = 0.0 if self._keeps_sizes else _SCALE_LOG
        scale = torch.exp(self._uniform((size, 1, 1), -limit, limit))
        keep = self._uniform((size, 1, 1), 0.0, 1.0) < 0.3
        matrix = torch.where(keep, torch.eye(3).expand(size, 3, 3), turns * scale)
        normalised = in_grid(matrix, extents_mm(images, self._spacing_mm))
        shift = torch.where(keep, torch.zeros(size, 3, 1), self._uniform((size, 3, 1), -_SHIFT, _SHIFT))
        affine = torch.cat([normalised, shift], dim=2).to(images.device)
        field = nnf.affine_grid(affine, list(images.shape), align_corners=False)
        return field if self._keeps_sizes else field + self._warp(images).to(images.device)

    def _warp(self, images: torch.Tensor) -> torch.Tensor:
        """Return a smooth displacement (B, Z, Y, X, 3) for every other patch."""
        size = images.shape[0]
        nodes = [min(_WARP_NODES, n) for n in images.shape[2:]]
        coarse = torch.randn((size, 3, *nodes), generator=self._generator) * _WARP
        coarse *= self._uniform((size, 1, 1, 1, 1), 0.0, 1.0) < 0.5
        if is_flat(images, self._spacing_mm):
            coarse[:, 2] = 0.0
        fine = nnf.interpolate(coarse, size=list(images.shape[2:]), mode="trilinear", align_corners=True)
        return fine.permute(0, 2, 3, 4, 1)

    def _intensities(self, images: torch.Tensor) -> torch.Tensor:
        """Change contrast, brightness and gamma, and add noise; images are normalised."""
        shape = (images.shape[0], 1, 1, 1, 1)
        device = images.device
        images = images * self._uniform(shape, 0.75, 1.25).to(device) + self._uniform(shape, -0.2, 0.2).to(device)
        low = images.amin(dim=(2, 3, 4), keepdim=True)
        width = images.amax(dim=(2, 3, 4), keepdim=True) - low + 1e-6
        gamma = torch.exp(self._uniform(shape, -0.3, 0.3)).to(device)
        images = ((images - low) / width).pow(gamma) * width + low
        noise = torch.randn(images.shape, generator=self._generator).to(device)
        return images + noise * self._uniform(shape, 0.0, 0.15).to(device)

    def _uniform(self, shape: tuple[int, ...], low: float, high: float) -> torch.Tensor:
        return torch.rand(shape, generator=self._generator) * (high - low) + low
