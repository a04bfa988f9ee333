"""Dropout left on while a network predicts."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from napari_medal.errors import ModelError

_LAYERS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)


@contextmanager
def dropping(network: nn.Module, seed: int, device: torch.device) -> Iterator[None]:
    """Let the dropout layers drop, and no other layer train: norms keep what they have learnt.

    The generators of the process are as they were afterwards, so the same seed drops the same features.

    Raises:
        ModelError: The network has no dropout.
    """
    layers = [layer for layer in network.modules() if isinstance(layer, _LAYERS) and layer.p > 0]
    if not layers:
        raise ModelError(without_dropout())
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for layer in layers:
            layer.train()
        try:
            yield
        finally:
            for layer in layers:
                layer.eval()


def without_dropout() -> str:
    """Say why a network that was trained without dropout is not asked with it."""
    return (
        "Found a model that was trained without dropout; asking.dropout_passes wants one trained with it, or its "
        "answers would be noise. Set learning.dropout, such as to 0.2, and train; or set asking.dropout_passes to 0."
    )
