"""The network of the 2D U-Net recipe."""

from collections.abc import Sequence

import torch
from torch import nn

_SLICES_AT_ONCE = 16
"""Slices that are predicted together: memory does not grow with the volume."""


class SliceBySlice(nn.Module):
    """Takes volumes apart into slices, asks a 2D network, and stacks its answers again."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Z, Y, X) to logits (B, outputs, Z, Y, X)."""
        size, channels, depth, height, width = volume.shape
        slices = volume.transpose(1, 2).reshape(size * depth, channels, height, width)
        if self.training or torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            answers = self.network(slices)  # a trace would keep the number of parts
        else:
            parts = range(0, len(slices), _SLICES_AT_ONCE)
            answers = torch.cat([self.network(slices[at : at + _SLICES_AT_ONCE]) for at in parts])
        return torch.as_tensor(answers.reshape(size, depth, -1, height, width).transpose(1, 2))


class UNet2D(nn.Module):
    """A plain convolutional U-Net (Ronneberger et al. 2015, arXiv 1505.04597) in two dimensions.

    Args:
        channels: Channels of an image.
        outputs: Classes, background included.
        widths: Channels at each level.
        strides: Down-sampling (y, x) into each level after the first.
        dropout: Share of the channels that are dropped at each level below the first while training.
    """

    def __init__(
        self,
        channels: int,
        outputs: int,
        widths: Sequence[int],
        strides: Sequence[tuple[int, int]],
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.stem = _convolution(channels, widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(_convolution(wide, wider, stride), _convolution(wider, wider))
            for wide, wider, stride in zip(widths, widths[1:], strides, strict=False)
        )
        upwards = list(reversed(list(zip(widths, widths[1:], strides, strict=False))))
        self.up = nn.ModuleList(nn.ConvTranspose2d(wider, wide, stride, stride) for wide, wider, stride in upwards)
        self.merge = nn.ModuleList(
            nn.Sequential(_convolution(2 * wide, wide), _convolution(wide, wide)) for wide, _, _ in upwards
        )
        self.drop = nn.Dropout2d(dropout)
        self.head = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Y, X) to logits (B, outputs, Y, X)."""
        features = self.stem(image)
        skipped = []
        for down in self.down:
            skipped.append(features)
            features = self.drop(down(features))
        for up, merge in zip(self.up, self.merge, strict=True):
            features = merge(torch.cat([up(features), skipped.pop()], dim=1))
        return torch.as_tensor(self.head(features))


def _convolution(channels: int, width: int, stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    """Return convolution, norm and activation."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 3, stride, 1, bias=False),
        nn.InstanceNorm2d(width, affine=True),
        nn.LeakyReLU(0.01, inplace=True),
    )
