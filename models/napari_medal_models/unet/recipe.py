"""The U-Net recipe: small enough to retrain on a laptop while a reader goes on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import plan_pyramid
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((16, 32, 64, 128, 128), bytes_a_voxel=80, most_voxels=64**3, learning_rate=4e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320), bytes_a_voxel=80, most_voxels=128**3, learning_rate=2e-3)


@dataclass(frozen=True)
class UNetRecipe:
    """A plain U-Net whose depth, kernels, patch and resampling follow from the fingerprint.

    The rules are those of nnU-Net (Isensee et al. 2021, Nat Methods 18:203) with a lighter network.
    """

    name: str = "unet"
    title: str = "Small U-Net, planned from the data"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose spacing, patch, depth and schedule."""
        appetite = _ON_ACCELERATOR if memory.accelerated else _ON_CPU
        return plan_mask(fingerprint, memory, plan_pyramid(fingerprint, most=4), appetite)

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.unet.network import UNet

        return UNet(
            plan.dimensions, channels, outputs, plan.widths, plan.level_strides, plan.level_kernels, plan.dropout
        )


RECIPE = UNetRecipe()
