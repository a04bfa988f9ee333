"""Random changes of patches by a recipe's own ranges."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as nnf

from napari_medal.core.particulars import Augmentation, Span
from napari_medal.engine.examples import Batch
from napari_medal.engine.mask_loss import IGNORED
from napari_medal.engine.turning import extents_mm, in_grid, is_flat, rotations


class OwnAugmenter:
    """Rotates and scales as a recipe says, and changes nothing else.

    Args:
        augmentation: The ranges.
        spacing_mm: Spacing (z, y, x) of the patches, so that rotations are rotations in millimetres.
        generator: Source of chance, on the CPU.
    """

    def __init__(
        self, augmentation: Augmentation, spacing_mm: tuple[float, float, float], generator: torch.Generator
    ) -> None:
        self._own = augmentation
        self._spacing_mm = spacing_mm
        self._generator = generator

    def __call__(self, batch: Batch) -> Batch:
        """Return a changed batch; what comes from outside of a patch repeats its border."""
        images, answers = batch.images, batch.answers
        matrices = self._matrices(batch)
        affine = torch.cat([matrices, torch.zeros(len(matrices), 3, 1)], dim=2).to(images.device)
        field = nnf.affine_grid(affine, list(images.shape), align_corners=False)
        moved = nnf.grid_sample(images, field, mode="bilinear", padding_mode="border", align_corners=False)
        if answers.ndim == images.ndim:
            turned = nnf.grid_sample(answers.float(), field, mode="nearest", padding_mode="border", align_corners=False)
            answers = turned.to(torch.uint8)
        return Batch(moved, answers)

    def _matrices(self, batch: Batch) -> torch.Tensor:
        """Return what leads from places in the result to places in a patch, (B, 3, 3) in (x, y, z) of grid_sample."""
        images = batch.images
        size = len(images)
        flat = is_flat(images, self._spacing_mm)
        turns, factors = self._turns(size, flat), self._factors(size, flat)
        if self._own.apart:
            kind = torch.randint(3, (size, 1, 1), generator=self._generator)
            turns = torch.where(kind == 1, turns, torch.eye(3))
            factors = torch.where(kind == 2, factors, torch.eye(3))
        matrices = turns @ factors
        if self._own.labelled_only and batch.answers.ndim == images.ndim:
            labelled = ((batch.answers > 0) & (batch.answers < IGNORED)).flatten(1).any(dim=1).cpu()
            matrices = torch.where(labelled[:, None, None], matrices, torch.eye(3))
        return in_grid(matrices, extents_mm(images, self._spacing_mm))

    def _turns(self, size: int, flat: bool) -> torch.Tensor:
        """Return rotations, about z alone where patches are flat."""
        angles = torch.stack([self._drawn(self._own.rotations_degrees, size, 0.0) for _ in range(3)], dim=1)
        return rotations(angles * (math.pi / 180), flat)

    def _factors(self, size: int, flat: bool) -> torch.Tensor:
        """Return scalings, in the plane alone where patches are flat: their slices are far apart."""
        inverse = 1.0 / self._drawn(self._own.scales, size, 1.0)
        along_z = torch.ones(size) if flat else inverse
        return torch.diag_embed(torch.stack([inverse, inverse, along_z], dim=1))

    def _drawn(self, spans: Sequence[Span], size: int, otherwise: float) -> torch.Tensor:
        """Draw a span, then a number in it."""
        if not spans:
            return torch.full((size,), otherwise)
        which = torch.randint(len(spans), (size,), generator=self._generator)
        chosen = torch.tensor(spans, dtype=torch.float32)[which]
        return chosen[:, 0] + torch.rand(size, generator=self._generator) * (chosen[:, 1] - chosen[:, 0])
