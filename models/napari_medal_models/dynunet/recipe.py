"""The DynUNet recipe: nnU-Net's network with deep supervision, for a machine with a GPU or for patience."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite
from napari_medal.core.plan import Plan
from napari_medal_models.parts.planned_mask import PlannedMask

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((8, 16, 32, 64, 64), bytes_a_voxel=100, most_voxels=48**3, learning_rate=3e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320, 320), bytes_a_voxel=100, most_voxels=128**3, learning_rate=1e-3)
_SUPERVISED = 3
"""Coarser levels that answer in training, at most."""


@dataclass(frozen=True)
class DynUNetRecipe(PlannedMask):
    """nnU-Net's plain U-Net with deep supervision, as MONAI builds it; the network has three levels at least."""

    name: str = "dynunet"
    title: str = "nnU-Net's network with deep supervision, planned from the data"
    on_cpu: Appetite = _ON_CPU
    on_accelerator: Appetite = _ON_ACCELERATOR
    fewest: int = 2

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.dynunet.network import SupervisedDynUNet

        strides = list(plan.level_strides)
        return SupervisedDynUNet(
            spatial_dims=plan.dimensions,
            in_channels=channels,
            out_channels=outputs,
            kernel_size=list(plan.level_kernels),
            strides=[(1,) * plan.dimensions, *strides],
            upsample_kernel_size=strides,
            filters=plan.widths,
            dropout=plan.dropout or None,
            deep_supervision=True,
            deep_supr_num=min(_SUPERVISED, len(strides) - 1),
        )


RECIPE = DynUNetRecipe()
