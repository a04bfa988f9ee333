"""Begin again without beginning from nothing."""

import torch
from torch import nn

from napari_medal.engine.ensemble import Weights

_KEPT = 0.6
"""How much of the old weights stays, as in the paper's experiments."""


def shrink(weights: Weights, fresh: nn.Module) -> Weights:
    """Return weights drawn towards those of a network that has learnt nothing.

    A network that goes on from old weights may generalise worse than one trained anew on the same labels; shrunk and
    perturbed it does not (Ash and Adams 2020, arXiv 1910.08475). The paper multiplies by 0.6 and adds noise; here the
    noise is a fresh initialisation, which keeps the gains of norms near 1.

    Args:
        weights: The old weights.
        fresh: The same network with random weights.
    """
    return {
        name: torch.lerp(random, weights[name].to(random), _KEPT) if random.is_floating_point() else weights[name]
        for name, random in fresh.state_dict().items()
    }
