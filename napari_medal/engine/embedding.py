"""Where a case lies among others, as a network sees it."""

from typing import Any

import numpy as np
import torch
from torch import nn

from napari_medal.core.plan import Plan
from napari_medal.engine.device import Device
from napari_medal.engine.layout import lay_out
from napari_medal.engine.padding import padded
from napari_medal.engine.planar import planar

_MOST_VOXELS = 96**3
"""A larger image is averaged down before it is looked at."""


class _Reached(Exception):  # noqa: N818 - no error: it ends a pass where no more is wanted
    """The deepest layer has answered."""


class Embedding:
    """Reads a network's deepest layer: mean and deviation of each of its channels over the image.

    The deepest layer is the last convolution of those with the fewest positions. It is read before its normalisation,
    which would make all means alike.

    Args:
        network: The network, ready to predict.
        plan: How it is fed.
        device: Where it computes.
    """

    def __init__(self, network: nn.Module, plan: Plan, device: Device) -> None:
        self._network = network
        self._plan = plan
        self._device = device
        self._deepest: nn.Module | None = None

    def of(self, image: torch.Tensor) -> tuple[float, ...]:
        """Return the features of an image (1, C, Z, Y, X) on the CPU; empty for a network without a convolution."""
        ready, _ = padded(_averaged(image), self._plan)
        ready = lay_out(ready.to(self._device.torch), self._device.channels_last)
        if self._deepest is None:
            self._deepest = self._find(ready)
        if self._deepest is None:
            return ()
        found: list[torch.Tensor] = []

        def read(_module: nn.Module, _given: Any, answer: torch.Tensor) -> None:
            found.append(answer)
            raise _Reached

        handle = self._deepest.register_forward_hook(read)
        try:
            self._run(ready)
        except _Reached:
            pass
        finally:
            handle.remove()
        channels = found[0].float().flatten(2)[0]
        pooled = torch.cat([channels.mean(dim=1), channels.std(dim=1, correction=0)]).cpu().numpy()
        return tuple(float(number) for number in np.round(pooled, 5))

    def _find(self, image: torch.Tensor) -> nn.Module | None:
        """Look which convolution answers with the fewest positions."""
        seen: list[tuple[int, nn.Module]] = []

        def note(module: nn.Module, _given: Any, answer: torch.Tensor) -> None:
            seen.append((int(answer[0, 0].numel()), module))

        layers = [layer for layer in self._network.modules() if isinstance(layer, nn.Conv2d | nn.Conv3d)]
        handles = [layer.register_forward_hook(note) for layer in layers]
        try:
            self._run(image)
        finally:
            for handle in handles:
                handle.remove()
        several = [entry for entry in seen if entry[0] > 1] or seen
        least = min((positions for positions, _ in several), default=0)
        return next((module for positions, module in reversed(several) if positions == least), None)

    def _run(self, image: torch.Tensor) -> None:
        with torch.inference_mode(), self._device.autocast():
            planar(self._network, image, self._plan)


def _averaged(image: torch.Tensor) -> torch.Tensor:
    """Halve the longest sides until an image is small enough."""
    found = image.float()
    while found[0, 0].numel() > _MOST_VOXELS:
        longest = max(found.shape[2:])
        step = [2 if side > longest // 2 else 1 for side in found.shape[2:]]
        found = nn.functional.avg_pool3d(found, step)
    return found
