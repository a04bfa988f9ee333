"""What is trained, on what, and from where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from napari_medal.core.learning import AS_USUAL, Learning
from napari_medal.core.plan import Plan
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.checkpoint import Checkpoint
from napari_medal.engine.device import Device
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.examples import Example
from napari_medal.engine.fill import fill_network
from napari_medal.engine.foreign import Adoption, adopt
from napari_medal.engine.shrink import shrink
from napari_medal.engine.stepper import Lesson


@dataclass(frozen=True, eq=False)
class Training:
    """What is trained, on what, and from where.

    Args:
        recipe: Builds the network.
        plan: How it is fed.
        channels: Channels of an image.
        outputs: Classes of an answer, background included for a mask; 1 for a value.
        examples: Labelled cases.
        start: Weights to start from; None starts from random ones.
        seed: Makes the run repeatable on one machine.
        device: Where to compute.
        learning: How it learns.
        frequencies: How often each example is drawn relative to the others; empty draws all alike.
        shrunk: Whether the weights to start from are first drawn towards random ones.
        judge: Gives the validation metric of an ensemble; None without a validation set.
        foreign: Weights trained elsewhere, of which a cold start takes over what fits.
        adopted: Told what was taken over.
        checkpoint: Where the state is kept, and taken up from where it is there already; None keeps none.
    """

    recipe: Recipe
    plan: Plan
    channels: int
    outputs: int
    examples: Sequence[Example]
    start: Weights | None
    seed: int
    device: Device
    learning: Learning = AS_USUAL
    frequencies: Sequence[float] = ()
    shrunk: bool = False
    judge: Callable[[Ensemble], float] | None = None
    foreign: Weights | None = None
    adopted: Callable[[Adoption], None] | None = None
    checkpoint: Checkpoint | None = None

    @property
    def is_cold(self) -> bool:
        """Whether it starts from random weights, or from those of another task."""
        return self.start is None

    @property
    def sound_device(self) -> Device:
        """The device, without bfloat16 on a CPU where the deepest maps of a network are two voxels wide.

        Of such maps oneDNN's weight gradients of a 3D convolution are now and then infinite, or wrong (torch 2.13,
        avx512_bf16: 1 in 4). A mask's network ends at wider ones.
        """
        is_narrow = self.recipe.target is not Target.MASK and self.plan.dimensions == 3
        return replace(self.device, half=False) if is_narrow and not self.device.memory.accelerated else self.device

    def network(self) -> nn.Module:
        """Build the network with repeatable random weights, or with those to start from.

        Raises:
            ModelError: The weights to start from do not fit.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            network = self.recipe.build(self.plan, self.channels, self.outputs)
        if self.start is not None:
            fill_network(network, shrink(self.start, network) if self.shrunk else self.start)
        elif self.foreign is not None:
            adoption = adopt(network, self.foreign)
            if self.adopted is not None:
                self.adopted(adoption)
        return network

    def lesson(self) -> Lesson:
        """Say what each step learns from, and how."""
        return Lesson(
            target=self.recipe.target,
            plan=self.plan,
            outputs=self.outputs,
            examples=self.examples,
            frequencies=self.frequencies,
            learning=self.learning,
            balance=self.learning.balance,
            seed=self.seed,
        )
