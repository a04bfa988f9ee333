"""The 2D U-Net recipe: slices that are far apart, or a volume that is a pile of pictures."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import Pyramid, plan_pyramid
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((16, 32, 64, 128, 128), bytes_a_voxel=90, most_voxels=4 * 192**2, learning_rate=4e-3)
_ON_ACCELERATOR = Appetite((32, 64, 128, 256, 320, 320), bytes_a_voxel=90, most_voxels=16 * 384**2, learning_rate=2e-3)
_SLICES = 4
_SLICES_ACCELERATED = 16


@dataclass(frozen=True)
class UNet2DRecipe:
    """A U-Net that sees each slice by itself, nnU-Net's 2D configuration (Isensee et al. 2021, Nat Methods 18:203).

    A volume's patch is a short pile of neighbouring slices; each is answered without a look at the others.
    """

    name: str = "unet-2d"
    title: str = "2D U-Net, slice by slice"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the patch in the slice, depth and schedule; slices stay as far apart as they are."""
        appetite = _ON_ACCELERATOR if memory.accelerated else _ON_CPU
        slices = max(2, min(_SLICES_ACCELERATED if memory.accelerated else _SLICES, fingerprint.median_shape[0]))
        _, y, x = fingerprint.median_shape
        flat = replace(fingerprint, median_shape=(1, y, x))
        in_slice = plan_pyramid(flat, most=len(appetite.widths) - 1)
        pyramid = Pyramid(
            tuple((1, *stride[1:]) for stride in in_slice.strides),
            tuple((1, *kernel[1:]) for kernel in in_slice.kernels),
        )
        pile = fingerprint if fingerprint.planar else replace(fingerprint, median_shape=(slices, y, x))
        return plan_mask(pile, memory, pyramid, appetite)

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.parts.slice_by_slice import SliceBySlice
        from napari_medal_models.unet_2d.network import UNet2D

        network = UNet2D(channels, outputs, plan.widths, [stride[1:] for stride in plan.strides], plan.dropout)
        return network if plan.patch[0] == 1 else SliceBySlice(network)


RECIPE = UNet2DRecipe()
