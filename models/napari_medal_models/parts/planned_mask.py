"""A recipe for masks that is planned from the data alone."""

from dataclasses import dataclass

from napari_medal.core.mask_plan import Appetite, plan_mask
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.pyramid import plan_pyramid
from napari_medal.core.target import Target


@dataclass(frozen=True)
class PlannedMask:
    """Depth, kernels, patch and resampling by nnU-Net's rules (Isensee et al. 2021, Nat Methods 18:203).

    A recipe inherits it, gives its fields their values, and builds its network.

    Args:
        name: Identifier.
        title: For people.
        on_cpu: What the network takes on a CPU.
        on_accelerator: What it takes elsewhere.
        fewest: Levels below the first, at least; at most there are as many as there are widths for.
        target: What it answers.
    """

    name: str
    title: str
    on_cpu: Appetite
    on_accelerator: Appetite
    fewest: int = 1
    target: Target = Target.MASK

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose spacing, patch, depth and schedule."""
        appetite = self.on_accelerator if memory.accelerated else self.on_cpu
        pyramid = plan_pyramid(fingerprint, most=len(appetite.widths) - 1, least=self.fewest)
        return plan_mask(fingerprint, memory, pyramid, appetite)
