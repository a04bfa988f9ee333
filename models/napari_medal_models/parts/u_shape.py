"""How an image goes through a U-Net."""

import torch
from torch import nn


class UShape(nn.Module):
    """Goes down level by level and up again, past what was skipped (Ronneberger et al. 2015, arXiv 1505.04597).

    A network inherits it and makes the parts: `stem` to the first level, `down` into each level after it, `drop` on
    what arrives there, `up` out of each level, deepest first, `merge` of what was skipped and what came up, and `head`.
    """

    stem: nn.Module
    down: nn.ModuleList
    drop: nn.Module
    up: nn.ModuleList
    merge: nn.ModuleList
    head: nn.Module

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, *space) to logits (B, outputs, *space)."""
        features = self.stem(image)
        skipped = []
        for down in self.down:
            skipped.append(features)
            features = self.drop(down(features))
        for step, (up, merge) in enumerate(zip(self.up, self.merge, strict=True)):
            raised = up(features)
            features = merge(torch.cat([raised, self.past(step, skipped.pop(), raised)], dim=1))
        return torch.as_tensor(self.head(features))

    def past(self, step: int, skipped: torch.Tensor, raised: torch.Tensor) -> torch.Tensor:  # noqa: ARG002
        """Return what of a skip goes past the levels below, at a step of the way up: all of it."""
        return skipped
