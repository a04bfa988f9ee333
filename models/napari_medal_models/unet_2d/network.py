"""The network of the 2D U-Net recipe."""

from collections.abc import Sequence

from torch import nn

from napari_medal_models.parts.layers import Layers
from napari_medal_models.parts.u_shape import UShape

_KERNEL = (3, 3)


class UNet2D(UShape):
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
        layer = Layers(2)
        self.stem = layer.convolution(channels, widths[0], _KERNEL)
        self.down = nn.ModuleList(
            nn.Sequential(layer.convolution(wide, wider, _KERNEL, stride), layer.convolution(wider, wider, _KERNEL))
            for wide, wider, stride in zip(widths, widths[1:], strides, strict=False)
        )
        upwards = list(reversed(list(zip(widths, widths[1:], strides, strict=False))))
        self.up = nn.ModuleList(layer.enlargement(wider, wide, stride) for wide, wider, stride in upwards)
        self.merge = nn.ModuleList(
            nn.Sequential(layer.convolution(2 * wide, wide, _KERNEL), layer.convolution(wide, wide, _KERNEL))
            for wide, _, _ in upwards
        )
        self.drop = layer.dropout(dropout)
        self.head = layer.plain(widths[0], outputs)
