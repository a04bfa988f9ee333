"""Measure what one training step of a network holds."""

import math

import torch
import torch.nn.functional as nnf
from torch import nn

from napari_medal.core.plan import Plan
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.live_bytes import LiveBytes
from napari_medal.engine.supervision import supervised

_COPIES = 5
"""The weights, two moments of the optimiser, the last good weights, and their running mean."""
_FLOAT = 4
_TRIED_STEPS = 2
"""Steps of the divisor along each side of the patch that stands for larger ones where nothing else can be measured."""


class StepMemory:
    """Measures one network, whatever the patch and the batch.

    It walks through forward, loss and backward on torch's meta device, which makes every tensor without its numbers,
    takes the most bytes that were held at once, and adds the copies of the weights. In float32: with bfloat16 a step
    holds less. A network that cannot go there takes a real step with a small patch on the CPU, scaled by voxels.

    Args:
        recipe: Builds the network.
        plan: Which network; its patch and its batch do not matter.
        channels: Channels of an image.
        outputs: Classes of an answer, background included for a mask.
    """

    def __init__(self, recipe: Recipe, plan: Plan, channels: int, outputs: int) -> None:
        self._target = recipe.target
        self._channels = channels
        with torch.random.fork_rng(devices=[]):
            self._network = _build(recipe, plan, channels, outputs).train()
        self._known: dict[tuple[tuple[int, int, int], int], int] = {}
        parameters = sum(parameter.numel() for parameter in self._network.parameters())
        self.fixed = _COPIES * _FLOAT * parameters
        """Bytes that do not depend on patch and batch."""

    def bytes(self, plan: Plan) -> int:
        """Return what a step with the patch and the batch of a plan holds."""
        key = (plan.patch, plan.batch)
        if key not in self._known:
            self._known[key] = self.fixed + self._walked(plan)
        return self._known[key]

    def _walked(self, plan: Plan) -> int:
        try:
            return self._peak(plan.patch, plan.batch, torch.device("meta"))
        except (RuntimeError, NotImplementedError):
            z, y, x = (min(n, _TRIED_STEPS * step) for n, step in zip(plan.patch, plan.divisor, strict=True))
            small = self._peak((z, y, x), 1, torch.device("cpu"))
            return math.ceil(small * plan.batch * math.prod(plan.patch) / (z * y * x))

    def _peak(self, patch: tuple[int, int, int], batch: int, device: torch.device) -> int:
        """Return the most bytes that a step holds beside the weights."""
        network = self._network.to(device) if device.type == "meta" else self._network.to_empty(device=device)
        network.zero_grad(set_to_none=True)
        live = LiveBytes()
        with live:
            take_step(network, self._target, patch, batch, self._channels, device)
        network.zero_grad(set_to_none=True)
        return live.peak


def take_step(
    network: nn.Module,
    target: Target,
    patch: tuple[int, int, int],
    batch: int,
    channels: int,
    device: torch.device,
) -> None:
    """Go forward and back once, on an empty image."""
    space = patch[1:] if patch[0] == 1 else patch
    images = torch.zeros((batch, channels, *space), device=device)
    shape, kind = {
        Target.MASK: ((batch, 1, *space), torch.uint8),
        Target.CLASS: ((batch,), torch.int64),
        Target.VALUE: ((batch, 1), torch.float32),
    }[target]
    answers = torch.zeros(shape, dtype=kind, device=device)
    torch.autograd.backward(supervised(_loss, network(images), answers))


def _loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """Return a loss that takes as much memory as any: cross-entropy, and an overlap with the answer spread out."""
    if answers.ndim == 1:
        return nnf.cross_entropy(logits, answers)
    if answers.is_floating_point():
        return nnf.huber_loss(logits, answers)
    right = answers.squeeze(1).long()
    entropy = nnf.cross_entropy(logits, right, reduction="none")
    spread = torch.zeros_like(logits, dtype=torch.int64).scatter(1, right[:, None], 1).to(logits.dtype)
    return entropy.mean() - (logits.softmax(dim=1) * spread).mean()


def _build(recipe: Recipe, plan: Plan, channels: int, outputs: int) -> nn.Module:
    try:
        with torch.device("meta"):
            return recipe.build(plan, channels, outputs)
    except (RuntimeError, NotImplementedError):  # it looks at numbers while it is built
        return recipe.build(plan, channels, outputs)
