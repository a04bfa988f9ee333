"""The DenseNet recipe: one class, or one value, for each case, in two or three dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_medal.core.class_plan import Classifier, plan_class
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn

_GROWTH = 16
_BLOCKS = (4, 8, 8, 6)
_CLASSIFIER = Classifier((32, 32, 48, 80, 88, 92), grain=32)


@dataclass(frozen=True)
class DenseNetRecipe:
    """A small DenseNet (Huang et al. 2016, arXiv 1608.06993) with group norm, which small batches need."""

    name: str = "densenet"
    title: str = "Small DenseNet, planned from the data"
    target: Target = Target.CLASS

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose the size that images are scaled to, and the schedule."""
        return plan_class(fingerprint, memory, _CLASSIFIER, self.target)

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network for a plan."""
        from monai.networks.nets.densenet import DenseNet

        return DenseNet(
            spatial_dims=plan.dimensions,
            in_channels=channels,
            out_channels=outputs,
            init_features=plan.widths[0],
            growth_rate=_GROWTH,
            block_config=_BLOCKS,
            dropout_prob=plan.dropout,
            norm=("group", {"num_groups": 4}),
        )


RECIPE = DenseNetRecipe()
VALUE = DenseNetRecipe("densenet-value", "Small DenseNet for a value, planned from the data", Target.VALUE)
