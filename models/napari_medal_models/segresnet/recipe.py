"""The SegResNet recipe: MONAI's own favourite for tumours, with weights by MONAI's names."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite
from napari_medal.core.plan import Plan
from napari_medal_models.parts.planned_mask import PlannedMask

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((8, 16, 32, 64), bytes_a_voxel=125, most_voxels=48**3, learning_rate=2e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256), bytes_a_voxel=125, most_voxels=128**3, learning_rate=1e-3)


@dataclass(frozen=True)
class SegResNetRecipe(PlannedMask):
    """The residual encoder-decoder of Myronenko (2018, arXiv 1810.11654), without its autoencoder branch."""

    name: str = "segresnet"
    title: str = "SegResNet, planned from the data"
    on_cpu: Appetite = _ON_CPU
    on_accelerator: Appetite = _ON_ACCELERATOR

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan; each level is twice as wide as the one above it."""
        from napari_medal_models.segresnet.network import planned_segresnet

        return planned_segresnet(
            plan.dimensions, channels, outputs, plan.widths[0], plan.level_strides, plan.level_kernels, plan.dropout
        )


RECIPE = SegResNetRecipe()
