"""The recipe: a network, and how to feed it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_medal.core.loss_name import LossName
from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.particulars import Particulars
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import plan_pyramid
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_APPETITE = Appetite(
    widths=(4, 8, 16), bytes_a_voxel=100, most_voxels=32**3, learning_rate=4e-3, cold_steps=20, members=2
)


@dataclass(frozen=True)
class PocketUNetRecipe:
    """A U-Net of three levels that learns from Dice and cross-entropy and keeps the largest part of what it finds."""

    name: str = "pocket-unet"
    title: str = "U-Net for a laptop"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose spacing, patch, depth and schedule from the data, by the rules that all recipes share."""
        pyramid = plan_pyramid(fingerprint, most=len(_APPETITE.widths) - 1)
        plan = plan_mask(fingerprint, memory, pyramid, _APPETITE)
        return replace(plan, particulars=Particulars(loss=LossName.DICE_CE, keep_largest=True))

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from monai.networks.nets.unet import UNet

        return UNet(
            spatial_dims=plan.dimensions,
            in_channels=channels,
            out_channels=outputs,
            channels=plan.widths,
            strides=plan.level_strides,
            dropout=plan.dropout,
        )


RECIPE = PocketUNetRecipe()
