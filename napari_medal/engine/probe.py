"""Try which memory layout and precision train a network fastest on this device."""

import copy
import itertools
import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass, replace

import torch
from torch import nn

from napari_medal.core.patch import shrink_patch
from napari_medal.core.plan import Plan
from napari_medal.core.progress import Progress
from napari_medal.engine.device import Device
from napari_medal.engine.layout import lay_out

_SECONDS = 2.0
_SHARE = 0.05
"""A probe takes no more than this share of the training it serves."""
_ROUNDS = 2
"""One to warm up, one to measure, at least."""
_VOXELS = 32**3
"""Voxels of a step on a CPU."""
_MARGIN = 0.9
"""What is not clearly quicker is not taken: a busy machine must not decide by chance."""

_known: dict[Hashable, tuple[bool, bool]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Trial:
    """A network to be trained, and how.

    Args:
        recipe: The recipe's name.
        network: The network; it is left as it is.
        plan: How it is fed.
        channels: Channels of an image.
        steps: Optimiser steps of the training to come.
    """

    recipe: str
    network: nn.Module
    plan: Plan
    channels: int
    steps: int


def probe(trial: Trial, device: Device, progress: Progress) -> Device:
    """Return the device with the precision and the memory layout that train this network fastest.

    It takes two seconds or eight steps, whichever is longer, and never more than a twentieth of the training; where
    that is too little to measure, the device stays as it is. On a CPU the steps are small ones, of a single patch cut
    down. What was found is kept for the process, so that the trainings of a session are alike. A CPU without bfloat16
    units is not asked for bfloat16.
    """
    key = (trial.recipe, replace(trial.plan, learning_rate=1.0), trial.channels, device)
    with _lock:
        found = _known.get(key)
    if found is None:
        found = _measure(trial, device, progress)
        if found is None:
            return device
        with _lock:
            _known[key] = found
    return replace(device, half=found[0], channels_last=found[1])


def _measure(trial: Trial, device: Device, progress: Progress) -> tuple[bool, bool] | None:
    """Return the best (half, channels_last); None where there is no time to find out."""
    halves = (True, False) if device.half else (False,)
    ways = list(itertools.product(halves, (False, True)))
    rounds = int(_SHARE * trial.steps / len(ways))
    if rounds < _ROUNDS:
        return None
    runs = {way: _Run(trial, replace(device, half=way[0], channels_last=way[1])) for way in ways}
    began = time.perf_counter()
    for turn in range(rounds):
        if turn >= _ROUNDS and time.perf_counter() - began > _SECONDS:
            break
        for run in runs.values():
            progress.check()
            run.step(timed=turn > 0)
    usual = ways[0]
    best = min(ways, key=lambda way: runs[way].seconds)
    return best if runs[best].seconds < _MARGIN * runs[usual].seconds else usual


def _cut_down(plan: Plan) -> Plan:
    """Return the plan of a step that a CPU takes in a fraction of a second with most networks."""
    patch = plan.patch
    while patch[0] * patch[1] * patch[2] > _VOXELS:
        smaller = shrink_patch(patch, plan.divisor)
        if smaller is None:
            break
        patch = smaller
    return replace(plan, batch=1, patch=patch)


class _Run:
    """Steps in one way, on a copy of the network."""

    def __init__(self, trial: Trial, device: Device) -> None:
        self._device = device
        self._network = lay_out(copy.deepcopy(trial.network).to(device.torch), device.channels_last).train()
        plan = trial.plan if device.memory.accelerated else _cut_down(trial.plan)
        space = plan.patch[1:] if plan.patch[0] == 1 else plan.patch
        images = torch.rand((plan.batch, trial.channels, *space), generator=torch.Generator().manual_seed(0))
        self._images = lay_out(images.to(device.torch), device.channels_last)
        self.seconds = float("inf")

    def step(self, timed: bool) -> None:
        """Go forward and back once; a way that does not work here is infinitely slow."""
        began = time.perf_counter()
        try:
            with self._device.autocast():
                given = self._network(self._images)
            parts = given if isinstance(given, tuple) else (given,)
            torch.autograd.backward(sum((part.float().square().mean() for part in parts), torch.zeros(())))
            self._network.zero_grad(set_to_none=True)
            self._wait()
        except (RuntimeError, NotImplementedError, ValueError):  # the last where a small step leaves nothing to norm
            self.seconds = float("inf")
            return
        if timed:
            self.seconds = min(self.seconds, time.perf_counter() - began)

    def _wait(self) -> None:
        """Wait until the device has done what it was told."""
        if self._device.torch.type == "cuda":
            torch.cuda.synchronize(self._device.torch)
        elif self._device.torch.type == "mps":
            torch.mps.synchronize()
