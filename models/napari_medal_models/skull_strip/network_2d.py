"""The network of the recipe that takes brains out slice by slice."""

from collections.abc import Sequence

import torch
from monai.networks.blocks.upsample import SubpixelUpsample
from monai.networks.nets.flexible_unet import SegmentationHead, UNetDecoder
from monai.networks.nets.resnet import ResNet
from torch import nn

_BLOCKS = (3, 4, 6, 3)
"""Residual blocks of a level: a ResNet-34 (He et al. 2015, arXiv 1512.03385)."""
_COLOURS = 3
"""A single channel is shown three times, so that weights that were trained on photographs fit."""
_SLICES_AT_ONCE = 16
"""Slices that are predicted together: memory does not grow with the volume."""


class ResNetUNet(ResNet):
    """A U-Net with a ResNet-34 that goes down and shuffled pixels that go up, slice by slice through a volume.

    The way down has the names and shapes of torchvision's `resnet34`; the way up is MONAI's, whose upsamplings begin as
    copies of the nearest pixel (ICNR: Aitken et al. 2017, arXiv 1707.02937).

    Args:
        channels: Channels of an image.
        outputs: Classes, background included.
        widths: Channels at each of the ResNet's four levels.
        dropout: Share of the channels that are dropped at the deepest level while training.
    """

    def __init__(self, channels: int, outputs: int, widths: Sequence[int], dropout: float = 0.0) -> None:
        super().__init__(
            block="basic",
            layers=list(_BLOCKS),
            block_inplanes=list(widths),
            spatial_dims=2,
            n_input_channels=_COLOURS if channels == 1 else channels,
            conv1_t_size=7,
            conv1_t_stride=2,
            feed_forward=False,
            bias_downsample=False,
        )
        first, second, third, fourth = widths
        upwards = (fourth // 2, third // 2, second // 2, first // 2, first // 4)
        self.drop = nn.Dropout2d(dropout)
        self.decoder = UNetDecoder(
            spatial_dims=2,
            encoder_channels=(channels, first, first, second, third, fourth),
            decoder_channels=upwards,
            act=("relu", {"inplace": True}),
            norm="batch",
            dropout=0.0,
            bias=False,
            upsample="pixelshuffle",
            pre_conv="default",
            interp_mode="nearest",
            align_corners=None,
            is_pad=False,
        )
        self.head = SegmentationHead(spatial_dims=2, in_channels=upwards[-1], out_channels=outputs)
        for part in self.decoder.modules():
            if isinstance(part, SubpixelUpsample):
                nn.init.zeros_(part.conv_block.bias)  # MONAI's are random: pixels of one origin would differ

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Y, X) or (B, channels, Z, Y, X) to logits of the same form."""
        if x.ndim == 4:
            return self._of_slices(x)
        size, channels, depth, height, width = x.shape
        slices = x.transpose(1, 2).reshape(size * depth, channels, height, width)
        step = len(slices) if self.training else _SLICES_AT_ONCE
        answers = torch.cat([self._of_slices(slices[at : at + step]) for at in range(0, len(slices), step)])
        return answers.reshape(size, depth, -1, height, width).transpose(1, 2)

    def _of_slices(self, slices: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Y, X) to logits."""
        if slices.shape[1] == 1:
            slices = slices.expand(-1, _COLOURS, -1, -1)
        features = [slices, self.act(self.bn1(self.conv1(slices)))]
        inner = self.maxpool(features[-1])
        for level in (self.layer1, self.layer2, self.layer3, self.layer4):
            inner = level(inner)
            features.append(inner)
        features[-1] = self.drop(inner)
        return torch.as_tensor(self.head(self.decoder(features)))
