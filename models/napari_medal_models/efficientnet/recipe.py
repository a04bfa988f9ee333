"""The EfficientNet recipe: one class, or one value, for each case, in two or three dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.class_plan import Classifier, plan_class
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_B0 = (
    "r1_k3_s11_e1_i32_o16_se0.25",
    "r2_k3_s22_e6_i16_o24_se0.25",
    "r2_k5_s22_e6_i24_o40_se0.25",
    "r3_k3_s22_e6_i40_o80_se0.25",
    "r3_k5_s11_e6_i80_o112_se0.25",
    "r4_k5_s22_e6_i112_o192_se0.25",
    "r1_k3_s11_e6_i192_o320_se0.25",
)
"""Table 1 of Tan and Le 2019, in MONAI's notation: repeats, kernel, stride, expansion, channels in and out, squeeze."""
_CLASSIFIER = Classifier((32, 24, 40, 112, 320, 1280), grain=32)


@dataclass(frozen=True)
class EfficientNetRecipe:
    """EfficientNet-B0 (Tan and Le 2019, arXiv 1905.11946) with group norm, which small batches need.

    No dropped connections: MONAI draws them for whole batches by a formula that needs a device's own generator.
    """

    name: str = "efficientnet"
    title: str = "EfficientNet-B0, planned from the data"
    target: Target = Target.CLASS

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the size that images are scaled to, and the schedule."""
        return plan_class(fingerprint, memory, _CLASSIFIER, self.target)

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from monai.networks.nets.efficientnet import EfficientNet

        return EfficientNet(
            blocks_args_str=list(_B0),
            spatial_dims=plan.dimensions,
            in_channels=channels,
            num_classes=outputs,
            dropout_rate=plan.dropout,
            drop_connect_rate=0.0,
            image_size=max(plan.patch),
            norm=("group", {"num_groups": 8}),
        )


RECIPE = EfficientNetRecipe()
VALUE = EfficientNetRecipe("efficientnet-value", "EfficientNet-B0 for a value, planned from the data", Target.VALUE)
