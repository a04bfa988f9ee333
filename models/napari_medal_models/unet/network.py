"""The network of the U-Net recipe."""

from collections.abc import Sequence

import torch
from torch import nn

Sides = Sequence[int]


class UNet(nn.Module):
    """A plain convolutional U-Net (Ronneberger et al. 2015, arXiv 1505.04597), in two or three dimensions.

    Instance norm and leaky ReLU, strided convolutions down, transposed ones up. One convolution at full resolution,
    where each costs the most, and two at every other level.

    Args:
        dimensions: 2 or 3.
        channels: Channels of an image.
        outputs: Classes, background included.
        widths: Channels at each level.
        strides: Down-sampling into each level after the first, one number for each dimension.
        kernels: Size of the convolutions at each level, likewise.
        dropout: Share of the channels that are dropped at each level below the first while training.
    """

    def __init__(
        self,
        dimensions: int,
        channels: int,
        outputs: int,
        widths: Sequence[int],
        strides: Sequence[Sides],
        kernels: Sequence[Sides],
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        block = _Blocks(dimensions)
        self.stem = block.convolution(channels, widths[0], kernels[0])
        self.down = nn.ModuleList(
            nn.Sequential(block.convolution(wide, wider, kernel, stride), block.convolution(wider, wider, kernel))
            for wide, wider, kernel, stride in zip(widths, widths[1:], kernels[1:], strides, strict=False)
        )
        self.up = nn.ModuleList(
            block.enlargement(wider, wide, stride)
            for wide, wider, stride in reversed(list(zip(widths, widths[1:], strides, strict=False)))
        )
        self.merge = nn.ModuleList(
            nn.Sequential(
                block.convolution(2 * wide, wide, kernels[level]),
                *([block.convolution(wide, wide, kernels[level])] if level > 0 else []),
            )
            for level, wide in reversed(list(enumerate(widths[:-1])))
        )
        self.drop = nn.Dropout3d(dropout) if dimensions == 3 else nn.Dropout2d(dropout)
        self.head = block.head(widths[0], outputs)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, *space) to logits (B, outputs, *space)."""
        features = self.stem(image)
        skipped = []
        for down in self.down:
            skipped.append(features)
            features = self.drop(down(features))
        for up, merge in zip(self.up, self.merge, strict=True):
            features = merge(torch.cat([up(features), skipped.pop()], dim=1))
        return torch.as_tensor(self.head(features))


class _Blocks:
    """The building blocks in two or three dimensions."""

    def __init__(self, dimensions: int) -> None:
        self._convolution = nn.Conv3d if dimensions == 3 else nn.Conv2d
        self._transposed = nn.ConvTranspose3d if dimensions == 3 else nn.ConvTranspose2d
        self._norm = nn.InstanceNorm3d if dimensions == 3 else nn.InstanceNorm2d

    def convolution(self, channels: int, width: int, kernel: Sides, stride: Sides | int = 1) -> nn.Sequential:
        """Return convolution, norm and activation."""
        step = stride if isinstance(stride, int) else tuple(stride)
        around = tuple(side // 2 for side in kernel)
        return nn.Sequential(
            self._convolution(channels, width, tuple(kernel), step, around, bias=False),  # type: ignore[arg-type]
            self._norm(width, affine=True),
            nn.LeakyReLU(0.01, inplace=True),
        )

    def enlargement(self, channels: int, width: int, stride: Sides) -> nn.Module:
        """Return a transposed convolution that undoes a stride."""
        step = tuple(stride)
        return self._transposed(channels, width, step, step)  # type: ignore[arg-type]

    def head(self, width: int, outputs: int) -> nn.Module:
        """Return the convolution to logits."""
        return self._convolution(width, outputs, 1)
