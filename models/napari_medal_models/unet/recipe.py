"""The U-Net recipe: small enough to retrain on a laptop while a reader goes on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_WIDTHS_SMALL = (16, 32, 64, 128, 128)
_WIDTHS_LARGE = (32, 64, 128, 256, 320)
_SMALLEST_FEATURE_EDGE = 8
"""An axis is halved while the result keeps at least this many voxels."""
_PATCH_VOXELS_CPU = 64**3
_PATCH_VOXELS_ACCELERATED = 128**3
_BYTES_A_VOXEL_AND_CHANNEL = 4 * 16
"""Activations and gradients that a training step holds per voxel and full-resolution channel."""


@dataclass(frozen=True)
class UNetRecipe:
    """A plain U-Net whose depth, patch and resampling follow from the fingerprint.

    The rules are those of nnU-Net (Isensee et al. 2021, Nat Methods 18:203) with a lighter network: median spacing, a
    patch as large as memory allows, and no down-sampling along an axis much coarser than the others.
    """

    name: str = "unet"
    title: str = "Small U-Net, planned from the data"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose spacing, patch, depth and schedule."""
        strides = _strides(fingerprint)
        divisor = _product(strides)
        widths = (_WIDTHS_LARGE if memory.accelerated else _WIDTHS_SMALL)[: len(strides) + 1]
        batch = 8 if fingerprint.planar else 2
        ceiling = _PATCH_VOXELS_ACCELERATED if memory.accelerated else _PATCH_VOXELS_CPU
        affordable = memory.budget_bytes // (widths[0] * batch * _BYTES_A_VOXEL_AND_CHANNEL)
        return Plan(
            spacing_mm=None if fingerprint.planar else fingerprint.spacing_mm,
            patch=_patch(fingerprint, divisor, min(ceiling, affordable)),
            batch=batch,
            widths=widths,
            strides=strides,
            members=3,
            cold_steps=600,
            warm_steps=300,
            learning_rate=4e-3 if widths[0] <= 16 else 2e-3,
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.unet.network import UNet

        if plan.patch[0] == 1:
            return UNet(2, channels, outputs, plan.widths, [stride[1:] for stride in plan.strides])
        return UNet(3, channels, outputs, plan.widths, plan.strides)


def _strides(fingerprint: Fingerprint) -> tuple[tuple[int, int, int], ...]:
    """Halve every axis that is long enough and not much coarser than the finest, up to four times."""
    edges = list(fingerprint.median_shape)
    spacing = list(fingerprint.spacing_mm)
    strides: list[tuple[int, int, int]] = []
    while len(strides) < len(_WIDTHS_SMALL) - 1:
        finest = min(mm for mm, n in zip(spacing, edges, strict=True) if n > 1) if max(edges) > 1 else 1.0
        step = [
            2 if n >= 2 * _SMALLEST_FEATURE_EDGE and mm < 2 * finest else 1
            for n, mm in zip(edges, spacing, strict=True)
        ]
        if max(step) == 1:
            break
        strides.append((step[0], step[1], step[2]))
        edges = [n // s for n, s in zip(edges, step, strict=True)]
        spacing = [mm * s for mm, s in zip(spacing, step, strict=True)]
    return tuple(strides) or ((1, 1, 1),)


def _patch(fingerprint: Fingerprint, divisor: tuple[int, int, int], voxels: int) -> tuple[int, int, int]:
    """Cover the median case if that is affordable, else shrink the longest side step by step."""
    sides = [
        1 if n == 1 and fingerprint.planar else -(-n // d) * d
        for n, d in zip(fingerprint.median_shape, divisor, strict=True)
    ]
    while sides[0] * sides[1] * sides[2] > voxels:
        longest = max(range(3), key=lambda axis: sides[axis] / divisor[axis])
        if sides[longest] <= 2 * divisor[longest]:
            break
        sides[longest] -= divisor[longest]
    return sides[0], sides[1], sides[2]


def _product(strides: tuple[tuple[int, int, int], ...]) -> tuple[int, int, int]:
    z = y = x = 1
    for stride in strides:
        z, y, x = z * stride[0], y * stride[1], x * stride[2]
    return z, y, x


RECIPE = UNetRecipe()
