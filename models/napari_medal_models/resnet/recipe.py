"""The ResNet recipe: one class for each case, in two or three dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_EDGE_2D = 128
_EDGE_3D = 64
_EDGE_3D_ACCELERATED = 96
_EXAMPLES_A_STEP = 16


@dataclass(frozen=True)
class ResNetRecipe:
    """A small residual network (He et al. 2015, arXiv 1512.03385) with group norm, which small batches need."""

    name: str = "resnet"
    title: str = "Small residual network, planned from the data"
    target: Target = Target.CLASS

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the size that images are scaled to, and the schedule."""
        patch = (1, _EDGE_2D, _EDGE_2D) if fingerprint.planar else _box(fingerprint, memory)
        return Plan(
            spacing_mm=None,
            patch=patch,
            batch=_EXAMPLES_A_STEP if fingerprint.planar or memory.accelerated else 4,
            widths=(16, 32, 64, 128),
            strides=((1, 2, 2) if fingerprint.planar else (2, 2, 2),) * 3,
            members=3,
            cold_steps=900,
            warm_steps=450,
            learning_rate=1e-3,
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from monai.networks.nets.resnet import ResNet

        return ResNet(
            block="basic",
            layers=[1, 1, 1, 1],
            block_inplanes=list(plan.widths),
            spatial_dims=2 if plan.patch[0] == 1 else 3,
            n_input_channels=channels,
            conv1_t_size=5,
            conv1_t_stride=2,
            num_classes=outputs,
            norm=("group", {"num_groups": 8}),
        )


def _box(fingerprint: Fingerprint, memory: Memory) -> tuple[int, int, int]:
    """Return a box with the proportions of the median case, its longest side being the edge."""
    edge = _EDGE_3D_ACCELERATED if memory.accelerated else _EDGE_3D
    extents = [n * mm for n, mm in zip(fingerprint.median_shape, fingerprint.spacing_mm, strict=True)]
    z, y, x = (max(8, -(-round(edge * extent / max(extents)) // 8) * 8) for extent in extents)
    return z, y, x


RECIPE = ResNetRecipe()
