"""The network of the residual U-Net recipe."""

from collections.abc import Sequence

import torch
from torch import nn

from napari_medal_models.parts.layers import Layers, Sides
from napari_medal_models.parts.u_shape import UShape


class ResidualUNet(UShape):
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
        layer = Layers(dimensions)
        self.stem = nn.Sequential(layer.normed(channels, widths[0], kernels[0]), layer.activation())
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
            nn.Sequential(layer.normed(2 * wide, wide, kernel), layer.activation()) for wide, _, kernel, _ in upwards
        )
        self.drop = layer.dropout(dropout)
        self.head = layer.plain(widths[0], outputs)


class _Residual(nn.Module):
    """Two convolutions and a way around them, which is pooled and widened where they are."""

    def __init__(self, layer: Layers, channels: int, width: int, kernel: Sides, stride: Sides) -> None:
        super().__init__()
        self.first = layer.normed(channels, width, kernel, stride)
        self.second = layer.normed(width, width, kernel)
        around: list[nn.Module] = [] if max(stride) == 1 else [layer.pool(stride)]
        if channels != width:
            around.append(layer.plain(channels, width))
        self.around = nn.Sequential(*around)
        self.act = layer.activation()

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return the features plus what two convolutions make of them."""
        return torch.as_tensor(self.act(self.second(self.act(self.first(features))) + self.around(features)))
