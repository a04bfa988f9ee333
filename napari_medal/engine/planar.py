"""Call a network on volumes, whether it looks at them or at their slices."""

import torch
from torch import nn

from napari_medal.core.plan import Plan


def planar(network: nn.Module, image: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Call a 2D network on (B, C, 1, Y, X), or a 3D one on (B, C, Z, Y, X)."""
    if plan.patch[0] > 1:
        return torch.as_tensor(network(image))
    answer = torch.as_tensor(network(image.squeeze(2)))
    return answer.unsqueeze(2) if answer.ndim == 4 else answer
