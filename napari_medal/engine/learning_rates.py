"""Find a learning rate by trying many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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
_SMOOTHED = 7
_EARLY = 8
"""Steps that the slope is smoothed over, and first steps that do not count."""


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
    stepper = Stepper(training.lesson(), network, training.sound_device)
    try:
        return _tried(stepper, progress)
    finally:
        stepper.close()


def learning_rate_at(step: int) -> float:
    """Return the learning rate of a step, from 0; each is the same multiple of the one before."""
    return float(_LOWEST * (_HIGHEST / _LOWEST) ** (step / (_STEPS - 1)))


def steepest(rates: Sequence[float], losses: Sequence[float]) -> float | None:
    """Return the rate at which the loss falls the fastest over the logarithm of the rate; None where it never falls.

    The loss is smoothed over a few steps; the first ones, whose running mean is of few losses, do not count.
    """
    held = np.asarray(losses, dtype=np.float64)
    if len(held) < _EARLY + _SMOOTHED:
        return None
    padded = np.pad(held, _SMOOTHED // 2, mode="edge")
    smooth = np.convolve(padded, np.full(_SMOOTHED, 1.0 / _SMOOTHED), mode="valid")
    slopes = np.gradient(smooth)[_EARLY:]
    at = int(slopes.argmin())
    return rates[_EARLY + at] if slopes[at] < 0 else None


def _tried(stepper: Stepper, progress: Progress) -> LearningRates:
    """Take the steps, and return what they told."""
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
