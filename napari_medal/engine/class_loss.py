"""The losses of a class for the whole case."""

import torch
import torch.nn.functional as nnf

from napari_medal.core.loss_name import LossName
from napari_medal.engine.supervision import Loss
from napari_medal.errors import SettingsError

_SMOOTHING = 0.05
"""What a class's label gives away to the others, so that few cases do not make a network too sure."""
_GAMMA = 2.0
"""Focal loss: how fast cases that are right already lose their say (Lin et al. 2017, arXiv 1708.02002)."""


def class_loss(name: LossName = LossName.AUTO, weights: torch.Tensor | None = None) -> Loss:
    """Return a loss that compares logits (B, C) with class indices (B,), or for BCE with 0 and 1 for each class (B, C).

    ORDINAL is the squared earth mover's distance between the cumulated probabilities of classes in their order, beside
    cross-entropy (Hou, Yu, Samaras 2016, arXiv 1611.05916). BCE takes each class against the rest, so that a case may
    have several.

    Args:
        name: Which one.
        weights: (C,) weight of each class's cases.

    Raises:
        SettingsError: It is no loss for classes.
    """
    losses = {
        LossName.AUTO: _entropy(weights, _SMOOTHING),
        LossName.CE: _entropy(weights, 0.0),
        LossName.WEIGHTED_CE: _entropy(weights, 0.0),
        LossName.FOCAL: _focal(weights),
        LossName.BCE: _binary(weights),
        LossName.ORDINAL: _ordinal(weights),
    }
    if name not in losses:
        msg = f"learning.loss: found '{name}'; a class takes {', '.join(known.value for known in losses)}."
        raise SettingsError(msg)
    return losses[name]


def _entropy(weights: torch.Tensor | None, smoothing: float) -> Loss:
    def loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        held = None if weights is None else weights.to(logits)
        return nnf.cross_entropy(logits, answers, weight=held, label_smoothing=smoothing)

    return loss


def _focal(weights: torch.Tensor | None) -> Loss:
    def loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        entropy = nnf.cross_entropy(logits, answers, reduction="none")
        return _mean(entropy * (1.0 - torch.exp(-entropy)).pow(_GAMMA), answers, weights)

    return loss


def _binary(weights: torch.Tensor | None) -> Loss:
    def loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        truth = answers if answers.ndim == 2 else nnf.one_hot(answers, logits.shape[1])
        each = nnf.binary_cross_entropy_with_logits(logits, truth.to(logits.dtype), reduction="none")
        if weights is None:
            return each.mean()
        return (each * weights.to(logits)).mean() / weights.to(logits).mean()

    return loss


def _ordinal(weights: torch.Tensor | None) -> Loss:
    entropy = _entropy(weights, 0.0)

    def loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        reached = logits.softmax(dim=1).cumsum(dim=1)
        wanted = nnf.one_hot(answers, logits.shape[1]).to(logits.dtype).cumsum(dim=1)
        distance = _mean((reached - wanted).square().sum(dim=1), answers, weights)
        return distance + entropy(logits, answers)

    return loss


def _mean(losses: torch.Tensor, answers: torch.Tensor, weights: torch.Tensor | None) -> torch.Tensor:
    """Return the mean over the cases (B,), each weighed by its class."""
    if weights is None:
        return losses.mean()
    of_case = weights.to(losses)[answers]
    return (losses * of_case).sum() / of_case.sum()
