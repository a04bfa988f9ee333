"""The residual U-Net recipe: more to learn with than the small U-Net, still fit for a CPU."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite
from napari_medal.core.plan import Plan
from napari_medal_models.parts.planned_mask import PlannedMask

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((16, 32, 64, 128, 128), bytes_a_voxel=90, most_voxels=64**3, learning_rate=3e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320), bytes_a_voxel=90, most_voxels=128**3, learning_rate=2e-3)


@dataclass(frozen=True)
class ResidualUNetRecipe(PlannedMask):
    """A U-Net with a residual encoder (Isensee et al. 2024, arXiv 2404.09556)."""

    name: str = "residual-unet"
    title: str = "Residual U-Net, planned from the data"
    on_cpu: Appetite = _ON_CPU
    on_accelerator: Appetite = _ON_ACCELERATOR

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.residual_unet.network import ResidualUNet

        return ResidualUNet(
            plan.dimensions, channels, outputs, plan.widths, plan.level_strides, plan.level_kernels, plan.dropout
        )


RECIPE = ResidualUNetRecipe()
