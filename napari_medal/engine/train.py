"""Train a recipe's network on labelled cases."""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from napari_medal.core.learning import AS_USUAL, Learning
from napari_medal.core.plan import Plan
from napari_medal.core.progress import CurvePoint, Progress
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.augment import Augmenter
from napari_medal.engine.device import Device
from napari_medal.engine.dynamo import import_dynamo
from napari_medal.engine.ensemble import Ensemble, Weights
from napari_medal.engine.examples import Batch, BatchSource, Example
from napari_medal.engine.fill import fill_network
from napari_medal.engine.foreign import Adoption, adopt
from napari_medal.engine.layout import lay_out
from napari_medal.engine.loss import mask_loss
from napari_medal.engine.probe import Trial, probe
from napari_medal.engine.shortage import is_out_of_memory, on_cpu, release, retreat
from napari_medal.engine.supervision import supervised
from napari_medal.errors import ModelError

import_dynamo()

_WARM_UP = 0.1
_LATER_CYCLES = 0.6
"""Peak learning rate of the second and later cycles, and of a warm start, relative to the first of a cold one."""
_REPORT_EVERY = 5
_VALIDATIONS_A_CYCLE = 2
_KEEP_EVERY = 25
"""Steps between the weights that a training can go back to."""
_MOST_SETBACKS = 5
"""How often a training goes back to them before it gives up."""


@dataclass(frozen=True)
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
        judge: Gives the validation metric of an ensemble; None without a validation set.
        foreign: Weights trained elsewhere, of which a cold start takes over what fits.
        adopted: Told what was taken over.
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
    judge: Callable[[Ensemble], float] | None = None
    foreign: Weights | None = None
    adopted: Callable[[Adoption], None] | None = None


def train(training: Training, progress: Progress) -> list[Weights]:
    """Train through one cosine cycle of the learning rate for each member, and return the weights at each end.

    The members of one training are its ensemble: snapshots cost nothing extra and their disagreement tells
    uncertain cases (Huang et al. 2017, arXiv 1704.00109; Zhao et al. 2022, arXiv 2212.06278).

    Raises:
        ModelError: There is no example, the weights to start from do not fit, the loss stays without a number after
            several halvings of the learning rate, or the smallest patch does not fit into memory.
        JobCancelled: The person cancelled.
    """
    if not training.examples:
        msg = "Training needs at least one labelled case; found none."
        raise ModelError(msg)
    return _Run(training, progress).members()


class _Run:
    """The state of one training."""

    def __init__(self, training: Training, progress: Progress) -> None:
        self._training = training
        self._progress = progress
        self._plan = training.plan
        self._device = _sound(training)
        self._device.claim_threads()
        self._cold = training.start is None
        self._steps = self._plan.cold_steps if self._cold else self._plan.warm_steps
        self._recent: list[float] = []
        self._done = 0
        self._tempo = 1.0
        self._setbacks = 0
        self._note = ""
        self._network = _network(training)
        trial = Trial(training.recipe.name, self._network, self._plan, training.channels, self._steps)
        self._device = probe(trial, self._device, progress)
        self._settle()
        self._good = _snapshot(self._network)
        self._optimiser = torch.optim.AdamW(self._network.parameters(), lr=1.0, weight_decay=1e-2, fused=True)
        self._loss = _loss(training.recipe.target)
        self._source = self._batches(training.seed)
        spacing = training.examples[0].prepared.spacing_mm
        is_value = training.recipe.target is Target.VALUE
        self._augment = Augmenter(spacing, torch.Generator().manual_seed(training.seed), keeps_sizes=is_value)

    def members(self) -> list[Weights]:
        """Run all cycles."""
        members: list[Weights] = []
        for cycle, length in enumerate(_cycles(self._steps, self._plan.members, self._cold)):
            peak = self._plan.learning_rate * (1.0 if self._cold and cycle == 0 else _LATER_CYCLES)
            for step in range(length):
                self._step(peak * _one_cycle(step / length))
                self._done += 1
                self._report(validate=(step + 1) % max(1, length // _VALIDATIONS_A_CYCLE) == 0)
            members.append(_snapshot(self._network))
        return members

    def _settle(self) -> None:
        """Bring the network to its device, or to the CPU where that is full already."""
        try:
            self._network.to(self._device.torch)
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            self._device = on_cpu(self._device)
            self._network.to(self._device.torch)
            self._note = " (the memory of the graphics card was full: on the processor, which is slower)"
        lay_out(self._network, self._device.channels_last)

    def _step(self, learning_rate: float) -> None:
        """Take one optimiser step, however small it has to be and however often it has to be tried."""
        while True:
            try:
                loss = self._attempt(learning_rate)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                loss = None
            if loss is None:
                self._retreat()
            elif math.isfinite(loss):
                self._recent.append(loss)
                return
            else:
                self._go_back(loss)

    def _attempt(self, learning_rate: float) -> float:
        """Try an optimiser step and return the loss; where it, or a gradient, is no number, the weights stay."""
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate * self._tempo
        self._network.train()
        images, answers = self._batch()
        with self._device.autocast():
            given = self._network(images)
        loss = supervised(self._loss, given, answers)
        value = float(loss.detach())
        if not math.isfinite(value):
            return value
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = float(nn.utils.clip_grad_norm_(self._network.parameters(), 1.0))
        if not math.isfinite(norm):
            return norm
        if self._done % _KEEP_EVERY == 0:
            self._good = _snapshot(self._network)
        self._optimiser.step()
        return value

    def _batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw images and answers as the network wants them, on its device."""
        batch = self._source.draw()
        device = self._device.torch
        batch = self._augment(Batch(batch.images.to(device), batch.answers.to(device)))
        planar = self._plan.patch[0] == 1
        images = batch.images.squeeze(2) if planar else batch.images
        answers = batch.answers.squeeze(2) if planar and batch.answers.ndim > 2 else batch.answers
        return lay_out(images, self._device.channels_last), answers

    def _batches(self, seed: int) -> BatchSource:
        return BatchSource(self._training.examples, self._plan, self._training.recipe.target, seed)

    def _go_back(self, loss: float) -> None:
        """Return to the last good weights, and go on at half the learning rate.

        Raises:
            ModelError: That was tried often enough.
        """
        self._setbacks += 1
        if self._setbacks > _MOST_SETBACKS:
            msg = (
                f"The loss became {loss} at step {self._done + 1}, and again after {_MOST_SETBACKS} returns to the "
                "last good weights, each at half the learning rate; the live model stays as it was. Look for images "
                "with broken values, or try another seed."
            )
            raise ModelError(msg)
        self._network.load_state_dict(dict(self._good))
        self._forget_gradients()
        self._tempo /= 2
        self._note = f" (the loss was no number: back to the last good weights, learning rate x {self._tempo:g})"
        self._progress.step(self._done, self._steps, f"Training{self._note}")

    def _retreat(self) -> None:
        """Train on with less at once, or on the CPU.

        Raises:
            ModelError: There is no smaller way.
        """
        smaller = retreat(self._plan, self._device, self._training.recipe.target)
        if smaller is None:
            msg = (
                "The memory is too small for this network: one patch of the smallest size did not fit. Choose "
                "another recipe."
            )
            raise ModelError(msg)
        self._forget_gradients()
        if smaller.device.torch != self._device.torch:
            self._network = self._network.to(smaller.device.torch)
        release(self._device)
        self._plan, self._device = smaller.plan, smaller.device
        self._source = self._batches(self._training.seed + self._done + 1)
        self._note = f" ({smaller.words})"
        self._progress.step(self._done, self._steps, f"Training{self._note}")

    def _forget_gradients(self) -> None:
        """Drop gradients and moments, some of which may be half made."""
        self._optimiser.zero_grad(set_to_none=True)
        self._optimiser.state.clear()

    def _report(self, validate: bool) -> None:
        """Tell how far the training is, and draw the curves."""
        done = self._done
        self._progress.step(done, self._steps, f"Training{self._note}")
        if done % _REPORT_EVERY == 0 or done == self._steps:
            self._progress.point(CurvePoint("loss", done, sum(self._recent) / len(self._recent)))
            self._recent.clear()
        if validate and self._training.judge is not None:
            self._progress.point(CurvePoint("validation", done, self._training.judge(self._ensemble())))

    def _ensemble(self) -> Ensemble:
        """Return the network as it is now, ready to predict."""
        training = self._training
        return Ensemble(
            training.recipe,
            self._plan,
            training.channels,
            training.outputs,
            [_snapshot(self._network)],
            self._device,
        )


def _sound(training: Training) -> Device:
    """Return the device, without bfloat16 on a CPU where the deepest maps of a network are two voxels wide.

    Of such maps oneDNN's weight gradients of a 3D convolution are now and then infinite, or wrong (torch 2.13,
    avx512_bf16: 1 in 4). A mask's network ends at wider ones.
    """
    device, target = training.device, training.recipe.target
    is_narrow = target is not Target.MASK and training.plan.dimensions == 3
    return replace(device, half=False) if is_narrow and not device.memory.accelerated else device


def _network(training: Training) -> nn.Module:
    """Build the network with repeatable random weights, or with those to start from."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        network = training.recipe.build(training.plan, training.channels, training.outputs)
    if training.start is not None:
        fill_network(network, training.start)
    elif training.foreign is not None:
        adoption = adopt(network, training.foreign)
        if training.adopted is not None:
            training.adopted(adoption)
    return network


def _loss(target: Target) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Dice of the foreground over the batch plus cross-entropy for a mask; cross-entropy for a class.

    For a value Huber's loss (1964, Ann Math Stat 35:73) of standardised numbers.
    """
    if target is Target.VALUE:
        return nn.HuberLoss()
    return nn.CrossEntropyLoss(label_smoothing=0.05) if target is Target.CLASS else mask_loss


def _cycles(steps: int, members: int, cold: bool) -> list[int]:
    """Divide the steps among the members; a cold start needs most of them before its first snapshot."""
    if members == 1:
        return [steps]
    first = round(steps * 0.6) if cold else steps - (members - 1) * (steps // members)
    later = (steps - first) // (members - 1)
    return [max(1, steps - later * (members - 1))] + [max(1, later)] * (members - 1)


def _one_cycle(position: float) -> float:
    """Return the share of the peak learning rate at a position in [0, 1) of a cycle: warm-up, then a cosine."""
    if position < _WARM_UP:
        return 0.05 + 0.95 * position / _WARM_UP
    return 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * (position - _WARM_UP) / (1.0 - _WARM_UP)))


def _snapshot(network: nn.Module) -> Weights:
    """Return a copy of the weights on the CPU."""
    return {name: copy.deepcopy(tensor.detach()).cpu() for name, tensor in network.state_dict().items()}
