"""The attention U-Net recipe: the small U-Net with gates in its skips."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import plan_pyramid
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((16, 32, 64, 128, 128), bytes_a_voxel=85, most_voxels=64**3, learning_rate=3e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320), bytes_a_voxel=85, most_voxels=128**3, learning_rate=2e-3)


@dataclass(frozen=True)
class AttentionUNetRecipe:
    """A U-Net with attention gates (Oktay et al. 2018, arXiv 1804.03999), planned by nnU-Net's rules."""

    name: str = "attention-unet"
    title: str = "Attention U-Net, planned from the data"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose spacing, patch, depth and schedule."""
        appetite = _ON_ACCELERATOR if memory.accelerated else _ON_CPU
        return plan_mask(fingerprint, memory, plan_pyramid(fingerprint, most=4), appetite)

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.attention_unet.network import AttentionUNet

        return AttentionUNet(
            plan.dimensions, channels, outputs, plan.widths, plan.level_strides, plan.level_kernels, plan.dropout
        )


RECIPE = AttentionUNetRecipe()
