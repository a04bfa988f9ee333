"""Put weights into a network."""

from collections.abc import Mapping

import torch
from torch import nn

from napari_medal.errors import ModelError


def fill_network(network: nn.Module, weights: Mapping[str, torch.Tensor]) -> None:
    """Load weights into a network, every one of them.

    Raises:
        ModelError: They are another network's: other channels, other labels or another plan.
    """
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:  # torch names each tensor on a line of its own
        found = " ".join(str(error).split())
        msg = f"The weights do not fit the network; have channels or labels changed since the training? {found}"
        raise ModelError(msg) from error
