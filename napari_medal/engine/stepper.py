"""A network that learns step by step, whatever befalls the loss or the memory."""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from napari_medal.core.learning import Balance, Learning
from napari_medal.core.plan import Plan
from napari_medal.core.target import Target
from napari_medal.engine.augment import Augmenter
from napari_medal.engine.device import Device
from napari_medal.engine.ensemble import Weights
from napari_medal.engine.examples import Batch, BatchSource, Example
from napari_medal.engine.layers import layers
from napari_medal.engine.layout import lay_out
from napari_medal.engine.losses import loss_for
from napari_medal.engine.own_augment import OwnAugmenter
from napari_medal.engine.prefetch import Prefetched
from napari_medal.engine.shortage import is_out_of_memory, on_cpu, release, retreat
from napari_medal.engine.supervision import supervised
from napari_medal.errors import ModelError

_KEEP_EVERY = 25
"""Steps between the weights that a training can go back to."""
_MOST_SETBACKS = 5
"""How often a training goes back to them before it gives up."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a network learns from, and how.

    Args:
        target: What it answers.
        plan: How it is fed.
        outputs: Classes of an answer, background included for a mask.
        examples: Labelled cases.
        frequencies: How often each example is drawn relative to the others; empty draws all alike.
        learning: How it learns.
        balance: What is done about rare classes.
        seed: Makes the steps repeatable on one machine.
    """

    target: Target
    plan: Plan
    outputs: int
    examples: Sequence[Example]
    frequencies: Sequence[float]
    learning: Learning
    balance: Balance
    seed: int


class Stepper:
    """Takes optimiser steps.

    Every step has its own seed, so that a training which goes on from a checkpoint draws what it would have drawn.
    Batches are drawn ahead by a thread of its own until it is closed.

    Args:
        lesson: What is learnt.
        network: Learns; parameters that need no gradient keep their values.
        device: Where to compute; the network is brought there.
        drawn: Batches that were drawn before.
    """

    def __init__(self, lesson: Lesson, network: nn.Module, device: Device, drawn: int = 0) -> None:
        self.network = network
        self.plan = lesson.plan
        self.device = device
        self.drawn = drawn
        self.tempo = 1.0
        self.setbacks = 0
        self.note = ""
        self._lesson = lesson
        self._done = 0
        self._settle()
        self._good = snapshot(self.network)
        self._optimiser = torch.optim.AdamW(_groups(network, lesson.learning), lr=1.0, weight_decay=1e-2, fused=True)
        own = lesson.plan.particulars
        self._loss = loss_for(lesson.target, lesson.learning, own.loss, lesson.examples, lesson.outputs)
        self._generator = torch.Generator()
        spacing_mm = lesson.examples[0].prepared.spacing_mm
        self._augment = (
            Augmenter(spacing_mm, self._generator, keeps_sizes=lesson.target is Target.VALUE)
            if own.augmentation is None
            else OwnAugmenter(own.augmentation, spacing_mm, self._generator)
        )
        self._source = self._batches()

    def step(self, learning_rate: float) -> float | None:
        """Try an optimiser step and return the loss; None where it must be tried again, and `note` says why.

        Raises:
            ModelError: The loss stays without a number after several returns to good weights, or the smallest patch
                does not fit into memory.
        """
        try:
            loss = self._attempt(learning_rate)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            loss = None
        if loss is None:
            self._retreat()
        elif math.isfinite(loss):
            self._done += 1
            return loss
        else:
            self._go_back(loss)
        return None

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return everything that the next step depends on: weights, the last good ones, and the optimiser's moments."""
        held = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        held |= {f"good.{name}": tensor for name, tensor in self._good.items()}
        for number, moments in self._optimiser.state_dict()["state"].items():
            held |= {f"optimiser.{number}.{name}": torch.as_tensor(value) for name, value in moments.items()}
        return held

    def numbers(self) -> dict[str, float]:
        """Return the rest of it."""
        return {"drawn": self.drawn, "tempo": self.tempo, "setbacks": self.setbacks, "done": self._done}

    def restore(self, numbers: Mapping[str, float], tensors: Mapping[str, torch.Tensor]) -> None:
        """Go on from what `numbers` and `tensors` told."""
        self.drawn, self._done = int(numbers["drawn"]), int(numbers["done"])
        self.tempo, self.setbacks = numbers["tempo"], int(numbers["setbacks"])
        self.network.load_state_dict(named(tensors, "network."))
        self._good = named(tensors, "good.")
        moments: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in named(tensors, "optimiser.").items():
            number, moment = name.split(".")
            moments.setdefault(int(number), {})[moment] = tensor
        self._optimiser.load_state_dict(self._optimiser.state_dict() | {"state": moments})
        self._draw_anew()

    def _settle(self) -> None:
        """Bring the network to its device, or to the CPU where that is full already."""
        try:
            self.network.to(self.device.torch)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            self.device = on_cpu(self.device)
            self.network.to(self.device.torch)
            self.note = " (the memory of the graphics card was full: on the processor, which is slower)"
        lay_out(self.network, self.device.channels_last)

    def _attempt(self, learning_rate: float) -> float:
        """Try an optimiser step and return the loss; where it, or a gradient, is no number, the weights stay."""
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate * self.tempo * group["rate"]
        self.network.train()
        with self._seeded():
            images, answers = self._batch()
            with self.device.autocast():
                given = self.network(images)
        loss = supervised(self._loss, given, answers)
        value = float(loss.detach())
        if not math.isfinite(value):
            return value
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = float(nn.utils.clip_grad_norm_(self.network.parameters(), 1.0))
        if not math.isfinite(norm):
            return norm
        if self._done % _KEEP_EVERY == 0:
            self._good = snapshot(self.network)
        self._optimiser.step()
        return value

    @contextmanager
    def _seeded(self) -> Iterator[None]:
        """Give this step its own chance, and leave the generator of the process alone."""
        seed = self._lesson.seed * 1_000_003 + self.drawn
        self._generator.manual_seed(seed)
        devices = [self.device.torch] if self.device.torch.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            yield

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw images and answers as the network wants them, on its device."""
        batch = self._source.draw()
        self.drawn += 1
        device = self.device.torch
        batch = self._augment(Batch(batch.images.to(device), batch.answers.to(device)))
        planar = self.plan.patch[0] == 1
        images = batch.images.squeeze(2) if planar else batch.images
        answers = batch.answers.squeeze(2) if planar and batch.answers.ndim == 5 else batch.answers
        return lay_out(images, self.device.channels_last), answers

    def close(self) -> None:
        """Stop drawing batches ahead."""
        self._source.close()

    def _batches(self) -> Prefetched:
        lesson = self._lesson
        return Prefetched(
            BatchSource(
                lesson.examples,
                self.plan,
                lesson.target,
                lesson.seed,
                self.drawn,
                lesson.frequencies,
                lesson.balance,
            )
        )

    def _draw_anew(self) -> None:
        """Go on drawing by the plan in force, from the batch after the last one that was taken."""
        self._source.close()
        self._source = self._batches()

    def _go_back(self, loss: float) -> None:
        """Return to the last good weights, and go on at half the learning rate."""
        self.setbacks += 1
        if self.setbacks > _MOST_SETBACKS:
            msg = (
                f"The loss became {loss} at step {self._done + 1}, and again after {_MOST_SETBACKS} returns to the "
                "last good weights, each at half the learning rate; the live model stays as it was. Look for images "
                "with broken values, or try another seed."
            )
            raise ModelError(msg)
        self.network.load_state_dict(dict(self._good))
        self._forget_gradients()
        self.tempo /= 2
        self.note = f" (the loss was no number: back to the last good weights, learning rate x {self.tempo:g})"

    def _retreat(self) -> None:
        """Train on with less at once, or on the CPU."""
        smaller = retreat(self.plan, self.device, self._lesson.target)
        if smaller is None:
            msg = (
                "The memory is too small for this network: one patch of the smallest size did not fit. Choose "
                "another recipe."
            )
            raise ModelError(msg)
        self._forget_gradients()
        if smaller.device.torch != self.device.torch:
            self.network = self.network.to(smaller.device.torch)
        release(self.device)
        self.plan, self.device = smaller.plan, smaller.device
        self._draw_anew()
        self.note = f" ({smaller.words})"

    def _forget_gradients(self) -> None:
        """Drop gradients and moments, some of which may be half made."""
        self._optimiser.zero_grad(set_to_none=True)
        self._optimiser.state.clear()


def snapshot(network: nn.Module) -> Weights:
    """Return a copy of the weights on the CPU."""
    return {name: copy.deepcopy(tensor.detach()).cpu() for name, tensor in network.state_dict().items()}


def named(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    """Return the tensors whose name begins with a prefix, without it."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _groups(network: nn.Module, learning: Learning) -> list[dict[str, object]]:
    """Return the weights, each layer's with its share of the learning rate; those without a gradient stay."""
    groups: dict[float, list[nn.Parameter]] = {}
    for layer in layers(network, learning):
        groups.setdefault(layer.rate, []).extend(layer.weights)
    return [{"params": weights, "rate": rate} for rate, weights in groups.items()]
