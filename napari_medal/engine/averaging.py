"""A running mean of the weights."""

from collections.abc import Sequence

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel


def running_mean(network: nn.Module, decay: float) -> AveragedModel:
    """Return an exponential running mean of a network's weights; `update_parameters` takes the newest in.

    It is the mean of what was seen until there is more of it than the decay remembers, so that the weights that a
    training began with are soon forgotten (Morales-Brotons et al. 2024, arXiv 2411.18704, use such a warm-up).
    """

    def average(mean: Sequence[torch.Tensor], newest: Sequence[torch.Tensor], seen: torch.Tensor | int) -> None:
        kept = min(decay, (1.0 + float(seen)) / (10.0 + float(seen)))
        for ours, theirs in zip(mean, newest, strict=True):
            ours.lerp_(theirs, 1.0 - kept)

    return AveragedModel(network, multi_avg_fn=average)
