"""The network of the U-Net recipe."""

from collections.abc import Sequence

from torch import nn

from napari_medal_models.parts.layers import Layers, Sides
from napari_medal_models.parts.u_shape import UShape


class UNet(UShape):
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
        layer = Layers(dimensions)
        self.stem = layer.convolution(channels, widths[0], kernels[0])
        self.down = nn.ModuleList(
            nn.Sequential(layer.convolution(wide, wider, kernel, stride), layer.convolution(wider, wider, kernel))
            for wide, wider, kernel, stride in zip(widths, widths[1:], kernels[1:], strides, strict=False)
        )
        self.up = nn.ModuleList(
            layer.enlargement(wider, wide, stride)
            for wide, wider, stride in reversed(list(zip(widths, widths[1:], strides, strict=False)))
        )
        self.merge = nn.ModuleList(
            nn.Sequential(
                layer.convolution(2 * wide, wide, kernels[level]),
                *([layer.convolution(wide, wide, kernels[level])] if level > 0 else []),
            )
            for level, wide in reversed(list(enumerate(widths[:-1])))
        )
        self.drop = layer.dropout(dropout)
        self.head = layer.plain(widths[0], outputs)
