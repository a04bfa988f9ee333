"""The network of the Swin UNETR recipe."""

from typing import Any

import torch
from monai.networks.nets.swin_unetr import SwinUNETR, compute_mask, get_window_size
from torch import nn


class PlainSwinUNETR(SwinUNETR):
    """MONAI's Swin UNETR, with weights by the same names, but without the need for einops.

    Args:
        dimensions: 2 or 3.
        channels: Channels of an image.
        outputs: Classes, background included.
        width: Channels at full resolution, a multiple of 12.
        dropout: Share of the features that are dropped in the transformer while training.
    """

    def __init__(self, dimensions: int, channels: int, outputs: int, width: int, dropout: float = 0.0) -> None:
        super().__init__(
            in_channels=channels,
            out_channels=outputs,
            feature_size=width,
            spatial_dims=dimensions,
            drop_rate=dropout,
            normalize=False,
        )
        vision = self.swinViT
        for stages in (vision.layers1, vision.layers2, vision.layers3, vision.layers4):
            stages[0] = _Stage(stages[0])

    def forward(self, x_in: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, *space) to logits (B, outputs, *space)."""
        seen = [_normalised(features) for features in self.swinViT(x_in, self.normalize)]
        answer = self.encoder10(seen[4])
        answer = self.decoder5(answer, seen[3])
        answer = self.decoder4(answer, self.encoder4(seen[2]))
        answer = self.decoder3(answer, self.encoder3(seen[1]))
        answer = self.decoder2(answer, self.encoder2(seen[0]))
        return torch.as_tensor(self.out(self.decoder1(answer, self.encoder1(x_in))))


class _Stage(nn.Module):
    """A stage of the transformer, its channels moved last and back by torch alone."""

    def __init__(self, stage: nn.Module) -> None:
        super().__init__()
        self.blocks: Any = stage.blocks
        self.downsample: Any = stage.downsample
        self._window = stage.window_size
        self._shift = stage.shift_size

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, *space) to (B, 2 * channels, *half the space)."""
        space = features.shape[2:]
        window, shift = get_window_size(space, self._window, self._shift)  # type: ignore[no-untyped-call]
        padded = [-(-n // side) * side for n, side in zip(space, window, strict=True)]
        mask = compute_mask(padded, window, shift, features.device)  # type: ignore[no-untyped-call]
        tokens = features.movedim(1, -1)
        for block in self.blocks:
            tokens = block(tokens, mask)
        return torch.as_tensor(self.downsample(tokens)).movedim(-1, 1)


def _normalised(features: torch.Tensor) -> torch.Tensor:
    """Layer norm over the channels, without weights."""
    return nn.functional.layer_norm(features.movedim(1, -1), [features.shape[1]]).movedim(-1, 1)
