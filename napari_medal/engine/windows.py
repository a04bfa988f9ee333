"""Ask a network about a volume in overlapping windows, as large as memory allows."""

import itertools
import math
from collections.abc import Callable

import torch

from napari_medal.core.plan import Plan

Shape = tuple[int, int, int]
Place = tuple[slice, slice, slice]

_OVERLAP = 0.25
"""Overlap of neighbouring windows, relative to the patch that the network was trained on."""
_SIGMA = 0.125
"""Width of the Gaussian weights relative to the window, as in nnU-Net (Isensee et al. 2021, Nat Methods 18:203)."""
_LEAST_WEIGHT = 1e-3


def window_shape(shape: Shape, plan: Plan, voxels: int) -> Shape:
    """Return windows of at most about `voxels` that cover a volume evenly: all of it, or boxes as cubic as can be.

    No side is shorter than the patch's, or than the volume; sides are multiples of the plan's divisor.
    """
    sides = [-(-n // step) * step for n, step in zip(shape, plan.divisor, strict=True)]
    parts = [1, 1, 1]
    while math.prod(sides) > voxels:
        axes = [axis for axis in range(3) if sides[axis] > plan.patch[axis]]
        if not axes:
            break
        axis = max(axes, key=lambda at: sides[at])
        parts[axis] += 1
        side = (shape[axis] + (parts[axis] - 1) * _overlap(plan)[axis]) / parts[axis]
        sides[axis] = max(plan.patch[axis], -(-math.ceil(side) // plan.divisor[axis]) * plan.divisor[axis])
    return sides[0], sides[1], sides[2]


def sweep(
    image: torch.Tensor,
    plan: Plan,
    window: Shape,
    ask: Callable[[torch.Tensor], torch.Tensor],
    room: torch.Tensor,
    kept: Place | None = None,
) -> None:
    """Ask about every window, and write the answers down slab by slab as they are complete.

    Neighbouring answers are blended with Gaussian weights. The device holds no more than one window's height of them,
    so a volume may be larger than its memory. Windows without any structure are not asked: they are background.

    Args:
        image: (1, C, Z, Y, X), no smaller than the window along any axis.
        plan: How the network is fed.
        window: Shape of a window.
        ask: Maps (1, C, *window) to probabilities (K, *window).
        room: (K, *kept), where the answers go; on the CPU, in memory or on disk.
        kept: The part of the image whose answers are wanted; by default all of it.
    """
    depth, height, width = image.shape[2:]
    tops, lefts, fronts = (
        _starts(n, side, over) for n, side, over in zip((depth, height, width), window, _overlap(plan), strict=True)
    )
    rows, columns, lines = kept or (slice(0, depth), slice(0, height), slice(0, width))
    blank = image.amin(dim=(2, 3, 4), keepdim=True)
    weight = gaussian(window, image.device)
    held = torch.zeros((room.shape[0] + 1, window[0], height, width), device=image.device)
    for top, end in itertools.pairwise([*tops, depth]):
        for left, front in itertools.product(lefts, fronts):
            part = image[:, :, top : top + window[0], left : left + window[1], front : front + window[2]]
            target = held[:, :, left : left + window[1], front : front + window[2]]
            target[-1] += weight
            if bool((part == blank).all()):
                target[0] += weight
            else:
                target[:-1] += ask(part) * weight
        first, last = max(top, rows.start), min(end, rows.stop)
        if first < last:
            slab = held[:, first - top : last - top, columns, lines]
            torch.div(slab[:-1], slab[-1:], out=slab[:-1])
            room[:, first - rows.start : last - rows.start] = slab[:-1]
        overlap = held[:, end - top :].clone()
        held[:, : overlap.shape[1]] = overlap
        held[:, overlap.shape[1] :] = 0.0


def gaussian(window: Shape, device: torch.device) -> torch.Tensor:
    """Return the weights of a window (Z, Y, X), 1 in the middle."""
    weight = torch.ones(1, device=device)
    for axis, side in enumerate(window):
        at = torch.arange(side, device=device, dtype=torch.float32) - (side - 1) / 2
        line = torch.exp(-0.5 * (at / (_SIGMA * side)) ** 2)
        weight = weight * line.reshape([-1 if axis == other else 1 for other in range(3)])
    return weight.clamp(min=_LEAST_WEIGHT)


def content(image: torch.Tensor) -> tuple[slice, slice, slice]:
    """Return the smallest box outside of which every channel of (1, C, Z, Y, X) has its lowest value."""
    inside = (image > image.amin(dim=(2, 3, 4), keepdim=True)).any(dim=1)[0]
    if not bool(inside.any()):
        return slice(0, image.shape[2]), slice(0, image.shape[3]), slice(0, image.shape[4])
    z, y, x = (_span(inside.any(dim=axes[1]).any(dim=axes[0])) for axes in ((1, 2), (0, 2), (0, 1)))
    return z, y, x


def _span(found: torch.Tensor) -> slice:
    places = torch.nonzero(found)
    return slice(int(places[0]), int(places[-1]) + 1)


def _overlap(plan: Plan) -> Shape:
    z, y, x = (round(side * _OVERLAP) if side > 1 else 0 for side in plan.patch)
    return max(z, 2 * plan.particulars.context), y, x


def _starts(length: int, window: int, overlap: int) -> list[int]:
    """Return where windows begin, evenly spread, the last ending where the axis does."""
    if length <= window:
        return [0]
    count = math.ceil((length - overlap) / (window - overlap))
    return [round(place * (length - window) / (count - 1)) for place in range(count)]
