"""The recipe of the 3D network that takes the brain out of a head."""

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from napari_medal.core.loss_name import LossName
from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.particulars import Augmentation, Particulars
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import Pyramid, plan_pyramid
from napari_medal.core.target import Target
from napari_medal_models.skull_strip.at_one_millimetre import at_one_millimetre

if TYPE_CHECKING:
    from torch import nn

_BOX = (96, 160, 160)
"""The paper's 160 x 160 x 92; 92 cannot be halved three times."""
_BOX_ON_CPU = (48, 80, 80)
_RATE = 1e-2
_ON_CPU = Appetite((8, 16, 32, 64, 128), bytes_a_voxel=160, most_voxels=prod(_BOX_ON_CPU), learning_rate=_RATE)
_ON_ACCELERATOR = Appetite((16, 32, 64, 128, 256), bytes_a_voxel=160, most_voxels=prod(_BOX), learning_rate=_RATE)
_BATCH = 8
_BATCH_ON_CPU = 2
_DROPOUT = 0.5
_RESIDUAL_UNITS = 2
_PARTICULARS = Particulars(
    augmentation=Augmentation(rotations_degrees=((-10.0, 10.0),), scales=((1.0, 1.1),)),
    loss=LossName.JACCARD,
    keep_largest=True,
)


@dataclass(frozen=True)
class SkullStripRecipe:
    """MONAI's 3D U-Net as Kaliyugarasan (2023, doctoral thesis, paper B) takes brains out of T1-weighted heads with it.

    Their constants where they are said, and the card where they are not.
    """

    name: str = "skull-strip"
    title: str = "3D U-Net that takes the brain out of a head"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the patch, at 1 mm along every axis, and the schedule; a CPU gets less of everything."""
        appetite, box = (_ON_ACCELERATOR, _BOX) if memory.accelerated else (_ON_CPU, _BOX_ON_CPU)
        seen = at_one_millimetre(fingerprint, (1, *box[1:]) if fingerprint.planar else box)
        halved = plan_pyramid(seen, most=len(appetite.widths) - 1)
        pyramid = Pyramid(halved.strides, ((3, 3, 3),) * (len(halved.strides) + 1))
        return replace(
            plan_mask(seen, memory, pyramid, appetite),
            batch=_BATCH if memory.accelerated else _BATCH_ON_CPU,
            dropout=_DROPOUT,
            particulars=_PARTICULARS,
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from monai.networks.nets.unet import UNet

        return UNet(
            spatial_dims=plan.dimensions,
            in_channels=channels,
            out_channels=outputs,
            channels=plan.widths,
            strides=plan.level_strides,  # type: ignore[arg-type]  # MONAI takes a number for each axis too
            num_res_units=_RESIDUAL_UNITS,
            dropout=plan.dropout,
        )


RECIPE = SkullStripRecipe()
