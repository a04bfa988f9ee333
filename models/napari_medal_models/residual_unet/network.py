"""The network of the residual U-Net recipe."""

from collections.abc import Sequence

import torch
from torch import nn

Sides = Sequence[int]


class ResidualUNet(nn.Module):
    """A U-Net whose encoder is residual (Isensee et al. 2024, arXiv 2404.09556), in two or three dimensions.

    Residual blocks (He et al. 2015, arXiv 1512.03385) on the way down, one convolution a level on the way up. One
    convolution at full resolution, where each costs the most. Instance norm and leaky ReLU.

    Args:
        dimensions: 2 or 3.
        channels: Channels of an image.
        outputs: Classes, background included.
        widths: Channels at each level.
        strides: Down-sampling into each level after the first, one number for each dimension.
        kernels: Size of the convolutions at each level, likewise.
        dropout: Share of the channels that are dropped at each level below the first while training.
        blocks: Residual blocks at each level after the first.
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
        blocks: int = 2,
    ) -> None:
        super().__init__()
        layer = _Layers(dimensions)
        self.stem = nn.Sequential(layer.convolution(channels, widths[0], kernels[0]), nn.LeakyReLU(0.01, inplace=True))
        self.down = nn.ModuleList(
            nn.Sequential(
                _Residual(layer, wide, wider, kernel, stride),
                *(_Residual(layer, wider, wider, kernel, [1] * dimensions) for _ in range(blocks - 1)),
            )
            for wide, wider, kernel, stride in zip(widths, widths[1:], kernels[1:], strides, strict=False)
        )
        upwards = list(reversed(list(zip(widths, widths[1:], kernels, strides, strict=False))))
        self.up = nn.ModuleList(layer.enlargement(wider, wide, stride) for wide, wider, _, stride in upwards)
        self.merge = nn.ModuleList(
            nn.Sequential(layer.convolution(2 * wide, wide, kernel), nn.LeakyReLU(0.01, inplace=True))
            for wide, _, kernel, _ in upwards
        )
        self.drop = nn.Dropout3d(dropout) if dimensions == 3 else nn.Dropout2d(dropout)
        self.head = layer.plain(widths[0], outputs)

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


class _Residual(nn.Module):
    """Two convolutions and a way around them, which is pooled and widened where they are."""

    def __init__(self, layer: "_Layers", channels: int, width: int, kernel: Sides, stride: Sides) -> None:
        super().__init__()
        self.first = layer.convolution(channels, width, kernel, stride)
        self.second = layer.convolution(width, width, kernel)
        around: list[nn.Module] = [] if max(stride) == 1 else [layer.pool(stride)]
        if channels != width:
            around.append(layer.plain(channels, width))
        self.around = nn.Sequential(*around)
        self.act = nn.LeakyReLU(0.01, inplace=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the features plus what two convolutions make of them."""
        return torch.as_tensor(self.act(self.second(self.act(self.first(features))) + self.around(features)))


class _Layers:
    """The layers in two or three dimensions."""

    def __init__(self, dimensions: int) -> None:
        self._convolution = nn.Conv3d if dimensions == 3 else nn.Conv2d
        self._transposed = nn.ConvTranspose3d if dimensions == 3 else nn.ConvTranspose2d
        self._norm = nn.InstanceNorm3d if dimensions == 3 else nn.InstanceNorm2d
        self._pool = nn.AvgPool3d if dimensions == 3 else nn.AvgPool2d
        self._ones = (1,) * dimensions

    def convolution(self, channels: int, width: int, kernel: Sides, stride: Sides | None = None) -> nn.Sequential:
        """Return a convolution and its norm."""
        step = self._ones if stride is None else tuple(stride)
        around = tuple(side // 2 for side in kernel)
        return nn.Sequential(
            self._convolution(channels, width, tuple(kernel), step, around, bias=False),  # type: ignore[arg-type]
            self._norm(width, affine=True),
        )

    def plain(self, channels: int, width: int) -> nn.Module:
        """Return a convolution over channels alone."""
        return self._convolution(channels, width, 1)

    def enlargement(self, channels: int, width: int, stride: Sides) -> nn.Module:
        """Return a transposed convolution that undoes a stride."""
        return self._transposed(channels, width, tuple(stride), tuple(stride))  # type: ignore[arg-type]

    def pool(self, stride: Sides) -> nn.Module:
        """Return the mean over each step of a stride."""
        return self._pool(tuple(stride), tuple(stride))  # type: ignore[arg-type]
