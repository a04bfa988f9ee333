"""A 2D network for volumes."""

import torch
from torch import nn

_AT_ONCE = 16
"""Slices that are predicted together: memory does not grow with the volume."""


class SliceBySlice(nn.Module):
    """Takes volumes apart into slices, asks a 2D network, and stacks its answers again.

    Args:
        network: Maps slices (B, channels, Y, X) to logits (B, outputs, Y, X).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        """Map (B, channels, Z, Y, X) to logits (B, outputs, Z, Y, X)."""
        size, channels, depth, height, width = volume.shape
        slices = volume.transpose(1, 2).reshape(size * depth, channels, height, width)
        if self.training or torch.jit.is_tracing():  # type: ignore[attr-defined, no-untyped-call]
            answers = self.network(slices)  # a trace would keep the number of parts
        else:
            parts = range(0, len(slices), _AT_ONCE)
            answers = torch.cat([self.network(slices[at : at + _AT_ONCE]) for at in parts])
        return torch.as_tensor(answers.reshape(size, depth, -1, height, width).transpose(1, 2))
