"""The network of the DynUNet recipe."""

import torch
from monai.networks.nets.dynunet import DynUNet


class SupervisedDynUNet(DynUNet):
    """MONAI's DynUNet, giving the answers of its coarser levels at their own size while it trains."""

    def forward(self, x: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """Map (B, channels, *space) to logits; in training to a tuple of them, the finest first."""
        answer = torch.as_tensor(self.output_block(self.skip_layers(x)))
        return (answer, *self.heads) if self.training else answer
