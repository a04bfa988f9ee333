"""The Swin UNETR recipe: a transformer encoder, for a GPU, and best from weights trained elsewhere."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import Pyramid
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_ON_CPU = Appetite((12, 24, 48, 96, 192, 192), bytes_a_voxel=360, most_voxels=64 * 32 * 32, learning_rate=1e-3)
_ON_ACCELERATOR = Appetite((48, 96, 192, 384, 768, 768), bytes_a_voxel=200, most_voxels=96**3, learning_rate=4e-4)
_HALVINGS = 5
_MOST_COARSE = 2.0
"""An axis coarser than this many times the finest is resampled: the windows halve all axes alike."""


@dataclass(frozen=True)
class SwinUNETRRecipe:
    """Swin UNETR (Hatamizadeh et al. 2022, arXiv 2201.01266) as MONAI builds it.

    It halves every axis five times, so a coarse axis cannot be spared; it is resampled to at most twice the finest.
    """

    name: str = "swin-unetr"
    title: str = "Swin UNETR, a transformer"
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose spacing, patch and schedule."""
        step = (1, 2, 2) if fingerprint.planar else (2, 2, 2)
        pyramid = Pyramid((step,) * _HALVINGS, ((3, 3, 3),) * (_HALVINGS + 1))
        appetite = _ON_ACCELERATOR if memory.accelerated else _ON_CPU
        if not fingerprint.planar:
            fingerprint = _evened(fingerprint)
        plan = plan_mask(fingerprint, memory, pyramid, appetite)
        return replace(plan, patch=_with_two_steps(plan.patch))

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from napari_medal_models.swin_unetr.network import PlainSwinUNETR

        return PlainSwinUNETR(plan.dimensions, channels, outputs, plan.widths[0], plan.dropout)


def _evened(fingerprint: Fingerprint) -> Fingerprint:
    """Return the fingerprint as it is after resampling to a spacing without a coarse axis."""
    finest = min(fingerprint.spacing_mm)
    z, y, x = (min(mm, _MOST_COARSE * finest) for mm in fingerprint.spacing_mm)
    depth, height, width = (
        max(1, round(n * mm / new))
        for n, mm, new in zip(fingerprint.median_shape, fingerprint.spacing_mm, (z, y, x), strict=True)
    )
    return replace(fingerprint, spacing_mm=(z, y, x), median_shape=(depth, height, width))


def _with_two_steps(patch: tuple[int, int, int]) -> tuple[int, int, int]:
    """Widen a patch of one step along every axis: instance norm needs two voxels at the deepest level."""
    return (patch[0], patch[1], 2 * patch[2]) if max(patch) <= 2**_HALVINGS else patch


RECIPE = SwinUNETRRecipe()
