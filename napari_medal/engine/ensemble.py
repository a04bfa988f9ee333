"""Networks with their weights, answering for a prepared case."""

import itertools
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from napari_medal.core.asking import PLAINLY, Asking
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress, Silent
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.answering import Answering
from napari_medal.engine.device import Device
from napari_medal.engine.dropping import dropping, without_dropout
from napari_medal.engine.embedding import Embedding
from napari_medal.engine.fill import fill_network
from napari_medal.engine.kept_memory import kept_memory
from napari_medal.engine.layout import lay_out
from napari_medal.engine.prepare import Prepared
from napari_medal.engine.question import Question
from napari_medal.engine.room import make_room
from napari_medal.engine.shortage import is_out_of_memory, on_cpu, release
from napari_medal.engine.view import View, views
from napari_medal.errors import ModelError
from napari_medal.metrics.prior_correction import without_priors
from napari_medal.types import Samples

Weights = Mapping[str, torch.Tensor]

_TOGETHER = 8
_SMALL = 96**3
"""Cases of at most so many voxels are asked about together."""


class Ensemble:
    """The members of a model version, ready to predict.

    Args:
        recipe: Builds the network.
        plan: How it was planned.
        channels: Channels of an image.
        outputs: Classes of an answer, background included for a mask; 1 for a value.
        members: Weights of each member.
        device: Where to compute.
        priors: (C,) share of each class among the cases that were learnt from, for answers to be rid of; None leaves
            them as they are.
        asking: How often, and in what ways, each member is asked.
        witnesses: Weights of networks that are asked too, only to see whether they contradict.

    Raises:
        ModelError: The weights are another network's, or they are to be asked with dropout and were trained without.
    """

    def __init__(
        self,
        recipe: Recipe,
        plan: Plan,
        channels: int,
        outputs: int,
        members: Sequence[Weights],
        device: Device,
        priors: npt.NDArray[np.floating] | None = None,
        asking: Asking = PLAINLY,
        witnesses: Sequence[Weights] = (),
    ) -> None:
        if asking.dropout_passes and plan.dropout == 0.0:
            raise ModelError(without_dropout())
        self.plan = plan
        self.target = recipe.target
        self._device = device
        self._outputs = outputs
        self._priors = priors
        self._asking = asking
        self._views = views(asking, plan, may_move=self.target is Target.MASK)
        asked = [*members, *witnesses]
        self._networks = [_loaded(recipe.build(plan, channels, outputs), weights, device) for weights in asked]
        self._contradicting = len(witnesses) * len(self._views) * self._passes
        self._embedding = Embedding(self._networks[0], plan, device)

    def samples(self, prepared: Prepared, progress: Progress | None = None) -> Samples:
        """Return each member's probabilities on the case's own grid: (S, C, Z, Y, X), or (S, C) for a class.

        For a value it is (S, 1), in its unit. S counts every member, view and pass, witnesses last. What does not fit
        into half of the free memory lies in a temporary file that goes with the array.
        """
        return self.samples_together([prepared], progress)[0]

    def samples_together(self, cases: Sequence[Prepared], progress: Progress | None = None) -> list[Samples]:
        """Return the same for several cases, in order; those that are alike in shape share a pass."""
        watcher = Silent() if progress is None else progress
        self._device.claim_threads()
        draws = self.target is Target.MASK
        shapes = [case.grid.shape if draws else () for case in cases]
        count = len(self._networks) * len(self._views) * self._passes
        samples = [make_room((count, self._outputs, *shape)) for shape in shapes]
        with torch.inference_mode(), kept_memory(self._device):
            images = [torch.from_numpy(case.image)[None] for case in cases]
            questions = [Question.about(image) if draws else Question.whole(image) for image in images]
            turns = itertools.product(range(len(self._networks)), self._views, range(self._passes))
            for number, (member, view, _) in enumerate(turns):
                watcher.check()
                rooms = [torch.from_numpy(sample[number]) for sample in samples]
                self._answer(_Turn(member, view, number), questions, rooms, watcher)
        return samples if self._priors is None else [without_priors(sample, self._priors) for sample in samples]

    def answering(self, samples: Samples) -> Samples:
        """Return those samples that the answer is made of: all but the witnesses'."""
        return samples[: len(samples) - self._contradicting]

    def features(self, prepared: Prepared) -> tuple[float, ...]:
        """Return what the first member's deepest layer makes of a case; see `Embedding`."""
        self._device.claim_threads()
        return self._embedding.of(torch.from_numpy(prepared.image)[None])

    def together(self, prepared: Prepared) -> int:
        """Return how many cases like this one are worth asking about at once.

        A CPU answers no quicker for several volumes. With dropout a case is asked alone, lest its answer depend on its
        neighbours.
        """
        is_small = prepared.image[0].size <= _SMALL
        pays = self._device.memory.accelerated or self.target is not Target.MASK
        return _TOGETHER if pays and is_small and not self._asking.dropout_passes else 1

    def _answer(
        self, turn: "_Turn", questions: Sequence[Question], rooms: Sequence[torch.Tensor], progress: Progress
    ) -> None:
        """Let a member answer: with as much memory as there may be, else with little, else on the CPU."""
        tight = False
        while True:
            memory = 0 if tight else self._device.memory.budget_bytes // 2
            network = self._networks[turn.member]
            answering = Answering(network, turn.view, self.plan, self._outputs, self._device, memory, progress)
            try:
                with self._device.autocast(), self._dropout(network, turn.number):
                    answering.answer(questions, rooms)
                return
            except RuntimeError as error:
                if not is_out_of_memory(error) or (tight and not self._device.memory.accelerated):
                    raise
            release(self._device)
            if tight:
                self._device = on_cpu(self._device)
                self._networks = [network.to(self._device.torch) for network in self._networks]
                self._embedding = Embedding(self._networks[0], self.plan, self._device)
            tight = not tight

    @property
    def _passes(self) -> int:
        return max(1, self._asking.dropout_passes)

    def _dropout(self, network: nn.Module, number: int) -> AbstractContextManager[None]:
        if not self._asking.dropout_passes:
            return nullcontext()
        return dropping(network, (self._asking.seed << 20) + number, self._device.torch)


@dataclass(frozen=True)
class _Turn:
    """Which member looks how, and the number of the sample that it gives."""

    member: int
    view: View
    number: int


def _loaded(network: nn.Module, weights: Weights, device: Device) -> nn.Module:
    fill_network(network, weights)
    return lay_out(network.to(device.torch), device.channels_last).eval()
