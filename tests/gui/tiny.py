"""The U-Net recipe with so few steps that a test can wait for it."""

from dataclasses import dataclass, replace
from typing import Any

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target
from napari_medal_models.unet.recipe import RECIPE as UNET


@dataclass(frozen=True)
class Tiny:
    name: str = "tiny"
    title: str = "A U-Net that hardly learns"
    target: Target = Target.MASK
    steps: int = 12

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        return replace(
            UNET.plan(fingerprint, memory), batch=1, members=2, cold_steps=self.steps, warm_steps=self.steps // 2
        )

    def build(self, plan: Plan, channels: int, outputs: int) -> Any:
        return UNET.build(plan, channels, outputs)


RECIPE = Tiny()
ENDLESS = Tiny(steps=100_000)
