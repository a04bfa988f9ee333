"""The recipe of the 2D network that takes the brain out of a head, slice by slice."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_medal.core.loss_name import LossName
from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.particulars import Augmentation, Particulars
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import Pyramid
from napari_medal.core.target import Target
from napari_medal_models.skull_strip.at_one_millimetre import at_one_millimetre

if TYPE_CHECKING:
    from torch import nn

_SIDE = 128
_SLICES = 16
_PILES = 8
_SLICES_ON_CPU = 4
_PILES_ON_CPU = 2
"""A step sees the paper's 128 slices on an accelerator, and 8 on a CPU."""
_HALVINGS = 5
_APPETITE = Appetite((16, 64, 64, 128, 256, 512), bytes_a_voxel=90, most_voxels=_SLICES * _SIDE**2, learning_rate=1e-4)
_DROPOUT = 0.5
_PARTICULARS = Particulars(
    augmentation=Augmentation(rotations_degrees=((-15.0, 15.0),), scales=((1.0, 1.05),)),
    loss=LossName.BCE,
    keep_largest=True,
)


@dataclass(frozen=True)
class SkullStrip2DRecipe:
    """A U-Net around a ResNet-34 as Kaliyugarasan (2023, doctoral thesis, paper B) takes brains out with it by slice.

    Their constants where they are said, and the card where they are not. The weights of photographs that they start
    from are not part of it.
    """

    name: str = "skull-strip-2d"
    title: str = "2D U-Net around a ResNet-34 that takes the brain out of a head, slice by slice"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose how many slices a step sees, at 1 mm along every axis, and the schedule."""
        slices, piles = (_SLICES, _PILES) if memory.accelerated else (_SLICES_ON_CPU, _PILES_ON_CPU)
        seen = at_one_millimetre(fingerprint, (1 if fingerprint.planar else slices, _SIDE, _SIDE))
        pyramid = Pyramid(((1, 2, 2),) * _HALVINGS, ((1, 3, 3),) * (_HALVINGS + 1))
        plan = plan_mask(seen, memory, pyramid, _APPETITE)
        return replace(
            plan,
            patch=_with_two_steps(plan.patch),
            batch=slices * piles if fingerprint.planar else piles,
            dropout=_DROPOUT,
            particulars=_PARTICULARS,
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.skull_strip.network_2d import ResNetUNet

        return ResNetUNet(channels, outputs, plan.widths[2:], plan.dropout)


def _with_two_steps(patch: tuple[int, int, int]) -> tuple[int, int, int]:
    """Widen a patch of one step along every axis: batch norm needs two pixels at the deepest level."""
    return (patch[0], patch[1], 2 * patch[2]) if max(patch[1:]) <= 2**_HALVINGS else patch


RECIPE = SkullStrip2DRecipe()
