"""The protocol of a recipe: a network and how to feed it."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.target import Target

if TYPE_CHECKING:
    from torch import nn


@runtime_checkable
class Recipe(Protocol):
    """A network for one kind of target.

    Register an instance under the entry-point group "napari_medal.recipes"; `napari_medal.testing.check_recipe`
    tells whether it is sound. Import torch inside `build` only: listing recipes must stay free.
    """

    @property
    def name(self) -> str:
        """Identifier in settings and on the command line."""

    @property
    def title(self) -> str:
        """One line for people."""

    @property
    def target(self) -> Target:
        """What its network answers."""

    def plan(self, fingerprint: Fingerprint, memory: Memory) -> Plan:
        """Choose how to feed and train the network."""

    def build(self, plan: Plan, channels: int, outputs: int) -> "nn.Module":
        """Build the network, with random weights.

        It maps (B, channels, *space) to logits: (B, outputs, *space) for a mask, (B, outputs) for a class, and to the
        standardised number (B, outputs) for a value. Space is (Z, Y, X), or (Y, X) when the plan's patch has one slice.
        """
