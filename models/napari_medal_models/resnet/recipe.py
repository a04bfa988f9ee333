"""The ResNet recipe: one class, or one value, for each case, in two or three dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.class_plan import Classifier, plan_class
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_CLASSIFIER = Classifier((16, 32, 64, 128))


@dataclass(frozen=True)
class ResNetRecipe:
    """A small residual network (He et al. 2015, arXiv 1512.03385) as MONAI builds it: batch norm in its blocks."""

    name: str = "resnet"
    title: str = "Small residual network, planned from the data"
    target: Target = Target.CLASS

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the size that images are scaled to, and the schedule."""
        return plan_class(fingerprint, memory, _CLASSIFIER, self.target)

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from monai.networks.nets.resnet import ResNet
        from torch import nn

        network = ResNet(
            block="basic",
            layers=[1, 1, 1, 1],
            block_inplanes=list(plan.widths),
            spatial_dims=plan.dimensions,
            n_input_channels=channels,
            conv1_t_size=5,
            conv1_t_stride=2,
            num_classes=outputs,
            norm=("group", {"num_groups": 8}),
        )
        network.avgpool = nn.Sequential(network.avgpool, nn.Dropout(plan.dropout))  # type: ignore[assignment]
        return network


RECIPE = ResNetRecipe()
VALUE = ResNetRecipe("resnet-value", "Small residual network for a value, planned from the data", Target.VALUE)
