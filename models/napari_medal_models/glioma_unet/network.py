"""The network of the glioma recipes."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from napari_medal_models.parts.slice_by_slice import SliceBySlice
from napari_medal_models.parts.u_shape import UShape


class SlicesInContext(SliceBySlice):
    """Asks a 2D network about each slice of a volume, which may see its neighbours, and stacks the answers.

    Beyond the first and the last slice these are repeated. While training, the slices at the ends of a patch are only
    looked at: what is said of them is 0, and not compared (`core.particulars.Particulars.context`).

    Args:
        network: Maps slices (B, channels, Y, X), or (B, 3 * channels, Y, X) with neighbours, to logits.
        neighbours: Whether the slice before and the slice after are channels too, each channel's before, this, after.
    """

    def __init__(self, network: nn.Module, neighbours: bool) -> None:
        super().__init__(network)
        self.neighbours = neighbours

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Z, Y, X), or one slice (B, channels, Y, X), to logits of its shape."""
        if volume.ndim == 4:
            return self.forward(volume[:, :, None])[:, :, 0]
        depth = volume.shape[2]
        seen = with_neighbours(volume) if self.neighbours else volume
        if not self.training or depth < 3:
            return super().forward(seen)
        return nn.functional.pad(super().forward(seen[:, :, 1:-1]), (0, 0, 0, 0, 1, 1))


class GliomaUNet(UShape):
    """A U-Net (Ronneberger et al. 2015, arXiv 1505.04597) as Buda et al. 2019 describe it.

    Two 3 x 3 convolutions with ReLU at each level, max-pooling down, 2 x 2 transposed convolutions up. Instance norm
    after each convolution is not the paper's, which has no norm and learns 128 epochs at a rate of 1e-5.

    Args:
        channels: Channels of a slice.
        outputs: Classes, background included.
        widths: Channels at each level, the bottleneck last.
        dropout: Share of the channels that are dropped at each level below the first while training.
    """

    def __init__(self, channels: int, outputs: int, widths: Sequence[int], dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = _two_convolutions(channels, widths[0])
        self.down = nn.ModuleList(_Pooled(*_two_convolutions(wide, wider)) for wide, wider in pairwise(widths))
        upwards = list(reversed(list(pairwise(widths))))
        self.up = nn.ModuleList(nn.ConvTranspose2d(wider, wide, 2, 2) for wide, wider in upwards)
        self.merge = nn.ModuleList(_two_convolutions(2 * wide, wide) for wide, _ in upwards)
        self.drop = nn.Dropout2d(dropout)
        self.head = nn.Conv2d(widths[0], outputs, 1)


class _Pooled(nn.Sequential):
    """Layers that are shown the largest of every 2 x 2 pixels."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Y, X) to features of half as many rows and columns."""
        features = nn.functional.max_pool2d(features, 2)
        for layer in self:
            features = layer(features)
        return features


def with_neighbours(volume: torch.Tensor) -> torch.Tensor:
    """Return (B, 3 * channels, Z, Y, X): of each channel the slice before, this one, and the one after."""
    before = torch.cat([volume[:, :, :1], volume[:, :, :-1]], dim=2)
    after = torch.cat([volume[:, :, 1:], volume[:, :, -1:]], dim=2)
    return torch.stack([before, volume, after], dim=2).flatten(1, 2)


def _two_convolutions(channels: int, width: int) -> nn.Sequential:
    return nn.Sequential(*_convolution(channels, width), *_convolution(width, width))


def _convolution(channels: int, width: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(channels, width, 3, padding=1, bias=False)
    return convolution, nn.InstanceNorm2d(width, affine=True), nn.ReLU(inplace=True)
