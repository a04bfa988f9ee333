"""The U-Net recipe: small enough to retrain on a laptop while a reader goes on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite
from napari_medal.core.plan import Plan
from napari_medal_models.parts.planned_mask import PlannedMask

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((16, 32, 64, 128, 128), bytes_a_voxel=80, most_voxels=64**3, learning_rate=4e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320), bytes_a_voxel=80, most_voxels=128**3, learning_rate=2e-3)


@dataclass(frozen=True)
class UNetRecipe(PlannedMask):
    """A plain U-Net, lighter than nnU-Net's own."""

    name: str = "unet"
    title: str = "Small U-Net, planned from the data"
    on_cpu: Appetite = _ON_CPU
    on_accelerator: Appetite = _ON_ACCELERATOR

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.unet.network import UNet

        return UNet(
            plan.dimensions, channels, outputs, plan.widths, plan.level_strides, plan.level_kernels, plan.dropout
        )


RECIPE = UNetRecipe()
