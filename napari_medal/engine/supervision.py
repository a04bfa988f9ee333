"""The loss of a network that answers at several resolutions while it trains."""

from collections.abc import Callable

import torch
import torch.nn.functional as nnf

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def supervised(loss: Loss, given: torch.Tensor | tuple[torch.Tensor, ...], answers: torch.Tensor) -> torch.Tensor:
    """Return the loss of one answer, or the weighted mean over several, the finest first.

    Each answer after the first weighs half as much as the one before it, as in nnU-Net (Isensee et al. 2021, Nat
    Methods 18:203).

    Args:
        loss: Compares logits with answers.
        given: Logits (B, outputs, *space), or a tuple of them, each on a grid of its own.
        answers: Masks (B, 1, *space) on the first grid, brought to the others by nearest neighbour; or classes (B,).
    """
    if isinstance(given, torch.Tensor):
        return loss(given.float(), answers)
    total = torch.zeros((), device=answers.device)
    whole = 0.0
    for level, logits in enumerate(given):
        weight = 0.5**level
        total = total + weight * loss(logits.float(), _at(answers, logits))
        whole += weight
    return total / whole


def _at(answers: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    """Bring masks to the grid of some logits."""
    if answers.ndim != logits.ndim or answers.shape[2:] == logits.shape[2:]:
        return answers
    return nnf.interpolate(answers.float(), size=logits.shape[2:], mode="nearest-exact").to(answers.dtype)
