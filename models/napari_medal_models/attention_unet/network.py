"""The network of the attention U-Net recipe."""

from collections.abc import Sequence

import torch
from torch import nn

Sides = Sequence[int]


class AttentionUNet(nn.Module):
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
        layer = _Layers(dimensions)
        self.stem = layer.convolution(channels, widths[0], kernels[0])
        self.down = nn.ModuleList(
            nn.Sequential(layer.convolution(wide, wider, kernel, stride), layer.convolution(wider, wider, kernel))
            for wide, wider, kernel, stride in zip(widths, widths[1:], kernels[1:], strides, strict=False)
        )
        upwards = list(reversed(list(zip(widths, widths[1:], kernels, strides, strict=False))))
        self.up = nn.ModuleList(layer.enlargement(wider, wide, stride) for wide, wider, _, stride in upwards)
        self.gates = nn.ModuleList(_Gate(layer, wide) for wide, _, _, _ in upwards)
        self.merge = nn.ModuleList(layer.convolution(2 * wide, wide, kernel) for wide, _, kernel, _ in upwards)
        self.drop = nn.Dropout3d(dropout) if dimensions == 3 else nn.Dropout2d(dropout)
        self.head = layer.plain(widths[0], outputs)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, *space) to logits (B, outputs, *space)."""
        features = self.stem(image)
        skipped = []
        for down in self.down:
            skipped.append(features)
            features = self.drop(down(features))
        for up, gate, merge in zip(self.up, self.gates, self.merge, strict=True):
            raised = up(features)
            features = merge(torch.cat([raised, gate(skipped.pop(), raised)], dim=1))
        return torch.as_tensor(self.head(features))


class _Gate(nn.Module):
    """Lets through of a skip what the level below finds worth looking at.

    The signal is the level below after its enlargement, so the gate works at the skip's own resolution.
    """

    def __init__(self, layer: "_Layers", width: int) -> None:
        super().__init__()
        inner = max(1, width // 2)
        self.skip = layer.plain(width, inner)
        self.signal = layer.plain(width, inner)
        self.answer = layer.plain(inner, 1)

    def forward(self, skipped: torch.Tensor, signal: torch.Tensor) -> torch.Tensor:
        """Return the skip, weighted between 0 and 1 at each voxel."""
        seen = nn.functional.relu(self.skip(skipped) + self.signal(signal))
        return skipped * torch.sigmoid(self.answer(seen))


class _Layers:
    """The layers in two or three dimensions."""

    def __init__(self, dimensions: int) -> None:
        self._convolution = nn.Conv3d if dimensions == 3 else nn.Conv2d
        self._transposed = nn.ConvTranspose3d if dimensions == 3 else nn.ConvTranspose2d
        self._norm = nn.InstanceNorm3d if dimensions == 3 else nn.InstanceNorm2d
        self._ones = (1,) * dimensions

    def convolution(self, channels: int, width: int, kernel: Sides, stride: Sides | None = None) -> nn.Sequential:
        """Return convolution, norm and activation."""
        step = self._ones if stride is None else tuple(stride)
        around = tuple(side // 2 for side in kernel)
        return nn.Sequential(
            self._convolution(channels, width, tuple(kernel), step, around, bias=False),  # type: ignore[arg-type]
            self._norm(width, affine=True),
            nn.LeakyReLU(0.01, inplace=True),
        )

    def plain(self, channels: int, width: int) -> nn.Module:
        """Return a convolution over channels alone."""
        return self._convolution(channels, width, 1)

    def enlargement(self, channels: int, width: int, stride: Sides) -> nn.Module:
        """Return a transposed convolution that undoes a stride."""
        return self._transposed(channels, width, tuple(stride), tuple(stride))  # type: ignore[arg-type]
