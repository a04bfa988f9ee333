"""An image looked at in another way, and the answer brought back."""

import itertools
import math
from dataclasses import dataclass

import torch
from torch import nn

from napari_medal.core.asking import Asking
from napari_medal.core.plan import Plan

_CONTRAST = 0.125
_BRIGHTNESS = 0.1
_GAMMA_LOG = 0.15
"""Half of what training changes (`engine/augment.py`): the network has seen all of it, and more."""


@dataclass(frozen=True)
class View:
    """A change of an image that leaves the answer right but for its place, and is undone on the answer.

    Moving is by whole voxels, so that nothing is interpolated: the image lies elsewhere on the deeper levels' grids.

    Args:
        contrast: What intensities are multiplied with.
        brightness: What is added to them.
        gamma: Exponent of intensities between lowest and highest.
        shift: Voxels (z, y, x) that the image is moved by.
        mirrored: Axes (0, 1, 2 for z, y, x) that are turned round.
    """

    contrast: float = 1.0
    brightness: float = 0.0
    gamma: float = 1.0
    shift: tuple[int, int, int] = (0, 0, 0)
    mirrored: tuple[int, ...] = ()

    def of(self, image: torch.Tensor) -> torch.Tensor:
        """Return the view of (1, C, Z, Y, X): longer by the shift, with the outermost voxels repeated."""
        if self.contrast != 1.0 or self.brightness != 0.0 or self.gamma != 1.0:
            image = self._recoloured(image)
        if self.mirrored:
            image = image.flip([2 + axis for axis in self.mirrored])
        if any(self.shift):
            z, y, x = self.shift
            image = nn.functional.pad(image, (x, 0, y, 0, z, 0), mode="replicate")
        return image

    def undone(self, answer: torch.Tensor) -> torch.Tensor:
        """Return an answer (K, Z, Y, X) to the view as one to the image."""
        z, y, x = self.shift
        answer = answer[:, z:, y:, x:]
        return answer.flip([1 + axis for axis in self.mirrored]) if self.mirrored else answer

    def _recoloured(self, image: torch.Tensor) -> torch.Tensor:
        image = image * self.contrast + self.brightness
        low = image.amin(dim=(2, 3, 4), keepdim=True)
        width = image.amax(dim=(2, 3, 4), keepdim=True) - low + 1e-6
        return ((image - low) / width).pow(self.gamma) * width + low


def views(asking: Asking, plan: Plan, may_move: bool) -> tuple[View, ...]:
    """Return the image itself, its mirror images, and as many other views as are asked for; alike for every case.

    Args:
        asking: What a person chose.
        plan: How the network is fed; moving goes less far than its strides.
        may_move: Whether an image may become larger.
    """
    axes = sorted(mirror.axis for mirror in asking.mirror)
    turns = [turned for count in range(1, len(axes) + 1) for turned in itertools.combinations(axes, count)]
    generator = torch.Generator().manual_seed(asking.seed)
    far = plan.divisor if may_move else (1, 1, 1)
    others = [_drawn(far, generator) for _ in range(asking.augmented)]
    return (View(), *(View(mirrored=turned) for turned in turns), *others)


def _drawn(far: tuple[int, int, int], generator: torch.Generator) -> View:
    contrast, brightness, gamma = (2 * torch.rand(3, generator=generator) - 1).tolist()
    z, y, x = (int(torch.randint(step, (), generator=generator)) for step in far)
    return View(1 + contrast * _CONTRAST, brightness * _BRIGHTNESS, math.exp(gamma * _GAMMA_LOG), (z, y, x))
