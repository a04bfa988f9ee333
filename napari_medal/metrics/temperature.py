"""One number that makes a model as sure as it is right."""

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from napari_medal.types import Samples

_SMALLEST = 1e-7
"""Probabilities below this count as this, so that their logarithm stays finite."""
_LOWEST, _HIGHEST = 0.05, 20.0

F = TypeVar("F", bound=np.floating)


def fit_temperature(probabilities: npt.NDArray[np.floating], truth: npt.NDArray[np.integer]) -> float:
    """Return the temperature T at which p^(1/T), normalised, has the least log-loss; between 0.05 and 20.

    Above 1 the model was too sure, below 1 not sure enough. Source: Guo et al. 2017, arXiv 1706.04599; the search is
    `scipy.optimize.minimize_scalar` over log T, in which the loss has a single minimum.

    Args:
        probabilities: (N, C), at least one answer.
        truth: (N,) class indices.
    """
    from scipy.optimize import minimize_scalar

    logs = _logs(probabilities.astype(np.float64))
    rows = np.arange(len(truth))
    own = logs[rows, np.asarray(truth, dtype=np.intp)]

    def loss(log_temperature: float) -> float:
        inverse = math.exp(-log_temperature)
        return float(np.mean(_log_sum(logs * inverse) - own * inverse))

    bounds = (math.log(_LOWEST), math.log(_HIGHEST))
    return math.exp(float(minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-5}).x))


def log_loss(probabilities: npt.NDArray[np.floating], truth: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Return -log p of the true class for each answer; p counts as at least 1e-7."""
    own = probabilities[np.arange(len(truth)), np.asarray(truth, dtype=np.intp)]
    return np.asarray(-np.log(np.clip(own.astype(np.float64), _SMALLEST, 1.0)))


def temper(probabilities: npt.NDArray[F], temperature: float, axis: int = -1) -> npt.NDArray[F]:
    """Return p^(1/T), normalised along the axis of classes; the likeliest class stays the likeliest."""
    if temperature == 1.0:
        return probabilities
    logs = _logs(probabilities) / probabilities.dtype.type(temperature)
    powers = np.exp(logs - logs.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True), dtype=probabilities.dtype)


def temper_samples(samples: Samples, temperature: float) -> Samples:
    """Return an ensemble's answer (S, C, ...) whose mean is the tempered mean of what it was.

    The mean is what is calibrated ("pool, then calibrate": Rahaman and Thiery 2021, arXiv 2007.08792), so no decision
    changes. Each member is tempered too, and keeps its distance from the others around that mean, shortened
    wherever a probability would fall below 0.
    """
    if temperature == 1.0:
        return samples
    return (
        np.concatenate([_around(part, temperature) for part in _parts(samples)], axis=2)
        if samples.ndim > 2
        else (_around(samples, temperature))
    )


def _parts(samples: Samples) -> list[Samples]:
    """Cut along the first axis of space, so that a large volume does not need its size over again several times."""
    return [samples[:, :, start : start + 8] for start in range(0, samples.shape[2], 8)]


def _around(samples: Samples, temperature: float) -> Samples:
    centre = temper(samples.mean(axis=0), temperature, axis=0)
    members = temper(samples, temperature, axis=1)
    distance = members - members.mean(axis=0)
    room = np.where(distance < 0, centre / np.maximum(-distance, np.float32(1e-12)), np.float32(1.0))
    share = np.minimum(room.min(axis=(0, 1)), np.float32(1.0))
    return np.asarray(np.clip(centre + share * distance, 0.0, 1.0), dtype=np.float32)


def _logs(probabilities: npt.NDArray[F]) -> npt.NDArray[F]:
    return np.asarray(np.log(np.clip(probabilities, _SMALLEST, None)), dtype=probabilities.dtype)


def _log_sum(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return log sum exp along the last axis."""
    top = values.max(axis=-1)
    return np.asarray(top + np.log(np.exp(values - top[..., None]).sum(axis=-1)))
