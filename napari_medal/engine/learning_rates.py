"""Find a learning rate by trying many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from napari_medal.core.progress import CurvePoint, Progress
from napari_medal.engine.layers import freeze
from napari_medal.engine.stepper import Stepper
from napari_medal.engine.training import Training

CURVE = "learning rate"
"""The name of the curve: its points are numbered from 0, and `learning_rate_at` says at which rate each lies."""

_LOWEST, _HIGHEST = 1e-6, 1.0
_STEPS = 100
_MEMORY = 0.9
"""How much of the running mean of the loss stays with each step."""
_DIVERGED = 4.0
_IGNORED_END = 5
"""Steps before the loss explodes, in which it may still be the lowest by its running mean."""


@dataclass(frozen=True)
class LearningRates:
    """The loss at each learning rate, and the rate to take.

    Args:
        rates: Learning rates, ascending.
        losses: Running mean of the loss at each.
        suggested: The rate at which the loss falls the fastest; None where it never falls.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggested: float | None


def find_learning_rate(training: Training, progress: Progress) -> LearningRates:
    """Take a step at each of many learning rates, from low to high, until the loss explodes.

    Source: Smith 2015, arXiv 1506.01186; the running mean and the end at four times the lowest loss are fastai's, which
    Kaliyugarasan 2023 (doctoral thesis) trains with. Nothing that was learnt is kept.

    Raises:
        ModelError: The loss is no number from the start.
        SettingsError: The loss is not one for this kind of answer.
        JobCancelled: The person cancelled.
    """
    training.device.claim_threads()
    network = training.network()
    freeze(network, training.learning)
    stepper = Stepper(training.lesson(), network, training.device)
    rates: list[float] = []
    losses: list[float] = []
    mean = 0.0
    for step in range(_STEPS):
        rate = learning_rate_at(step)
        loss = stepper.step(rate)
        if loss is None:
            if stepper.setbacks and rates:
                break
            continue
        mean = _MEMORY * mean + (1.0 - _MEMORY) * loss
        rates.append(rate)
        losses.append(mean / (1.0 - _MEMORY ** len(rates)))
        progress.step(step, _STEPS, f"Trying learning rates{stepper.note}")
        progress.point(CurvePoint(CURVE, step, losses[-1]))
        if losses[-1] > _DIVERGED * min(losses):
            break
    return LearningRates(tuple(rates), tuple(losses), steepest(rates, losses))


def learning_rate_at(step: int) -> float:
    """Return the learning rate of a step, from 0; each is the same multiple of the one before."""
    return float(_LOWEST * (_HIGHEST / _LOWEST) ** (step / (_STEPS - 1)))


def steepest(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """Return the rate in the middle of the longest fall of the loss, over the logarithm of the rate.

    It is what fastai calls the valley: of the longest stretch in which the loss falls, the place two thirds down
    its way, where it still falls and is not yet about to rise. None where it never falls.
    """
    held = list(losses[:-_IGNORED_END] if len(losses) > 2 * _IGNORED_END else losses)
    begin, end = _longest_fall(held)
    if end - begin < 2:
        return None
    at = begin + math.floor((end - begin) * 2 / 3)
    return rates[at]


def _longest_fall(losses: Sequence[float]) -> tuple[int, int]:
    """Return where the longest falling subsequence begins and ends."""
    lengths, previous = [1] * len(losses), [-1] * len(losses)
    for later in range(len(losses)):
        for earlier in range(later):
            if losses[earlier] > losses[later] and lengths[earlier] + 1 > lengths[later]:
                lengths[later], previous[later] = lengths[earlier] + 1, earlier
    if not lengths:
        return 0, 0
    end = begin = max(range(len(lengths)), key=lambda place: lengths[place])
    while previous[begin] >= 0:
        begin = previous[begin]
    return begin, end
