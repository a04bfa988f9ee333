"""The network of the attention U-Net recipe."""

from collections.abc import Sequence

import torch
from torch import nn

from napari_medal_models.parts.layers import Layers, Sides
from napari_medal_models.parts.u_shape import UShape


class AttentionUNet(UShape):
    """A U-Net whose skips pass through attention gates (Oktay et al. 2018, arXiv 1804.03999), in 2D or 3D.

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
        upwards = list(reversed(list(zip(widths, widths[1:], kernels, strides, strict=False))))
        self.up = nn.ModuleList(layer.enlargement(wider, wide, stride) for wide, wider, _, stride in upwards)
        self.gates = nn.ModuleList(_Gate(layer, wide) for wide, _, _, _ in upwards)
        self.merge = nn.ModuleList(layer.convolution(2 * wide, wide, kernel) for wide, _, kernel, _ in upwards)
        self.drop = layer.dropout(dropout)
        self.head = layer.plain(widths[0], outputs)

    def past(self, step: int, skipped: torch.Tensor, raised: torch.Tensor) -> torch.Tensor:
        """Return what the gate of a step lets through of a skip."""
        return torch.as_tensor(self.gates[step](skipped, raised))


class _Gate(nn.Module):
    """Lets through of a skip what the level below finds worth looking at.

    The signal is the level below after its enlargement, so the gate works at the skip's own resolution.
    """

    def __init__(self, layer: Layers, width: int) -> None:
        super().__init__()
        inner = max(1, width // 2)
        self.skip = layer.plain(width, inner)
        self.signal = layer.plain(width, inner)
        self.answer = layer.plain(inner, 1)

    def forward(self, skipped: torch.Tensor, signal: torch.Tensor) -> torch.Tensor:
        """Return the skip, weighted between 0 and 1 at each voxel."""
        seen = nn.functional.relu(self.skip(skipped) + self.signal(signal))
        return skipped * torch.sigmoid(self.answer(seen))
