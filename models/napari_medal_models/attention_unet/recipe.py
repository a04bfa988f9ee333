"""The attention U-Net recipe: the small U-Net with gates in its skips."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite
from napari_medal.core.plan import Plan
from napari_medal_models.parts.planned_mask import PlannedMask

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((16, 32, 64, 128, 128), bytes_a_voxel=85, most_voxels=64**3, learning_rate=3e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320), bytes_a_voxel=85, most_voxels=128**3, learning_rate=2e-3)


@dataclass(frozen=True)
class AttentionUNetRecipe(PlannedMask):
    """A U-Net with attention gates (Oktay et al. 2018, arXiv 1804.03999)."""

    name: str = "attention-unet"
    title: str = "Attention U-Net, planned from the data"
    on_cpu: Appetite = _ON_CPU
    on_accelerator: Appetite = _ON_ACCELERATOR

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.attention_unet.network import AttentionUNet

        return AttentionUNet(
            plan.dimensions, channels, outputs, plan.widths, plan.level_strides, plan.level_kernels, plan.dropout
        )


RECIPE = AttentionUNetRecipe()
