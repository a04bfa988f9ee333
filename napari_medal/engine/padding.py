"""Widen an image to what a network can take."""

import torch
from torch import nn

from napari_medal.core.plan import Plan
from napari_medal.engine.windows import Place


def padded(image: torch.Tensor, plan: Plan, least: tuple[int, int, int] = (1, 1, 1)) -> tuple[torch.Tensor, Place]:
    """Widen an image to what the network's strides divide, or to `least`; also return where it lies in that."""
    padding: list[int] = []
    for n, divisor, side in zip(reversed(image.shape[2:]), reversed(plan.divisor), reversed(least), strict=True):
        missing = max(-n % divisor, side - n)
        padding += [missing // 2, missing - missing // 2]
    if all(n <= divisor for n, divisor in zip(image.shape[2:], plan.divisor, strict=True)):
        padding[1] += plan.divisor[2]  # instance norm needs more than one voxel at the deepest level
    filled = nn.functional.pad(image, padding, mode="replicate") if any(padding) else image
    z, y, x = (slice(at, at + n) for at, n in zip((padding[4], padding[2], padding[0]), image.shape[2:], strict=True))
    return filled, (z, y, x)
