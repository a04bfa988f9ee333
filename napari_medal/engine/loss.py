"""The loss of a mask of which parts are not known."""

import torch
import torch.nn.functional as nnf

IGNORED = 255
"""Stands in a mask of class indices where nobody has said what is right. Inside the engine only."""

_SMOOTH = 1e-5


def mask_loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """Return Dice loss of the foreground over the batch plus cross-entropy, over the voxels that are known.

    With every voxel known it is MONAI's DiceCELoss (softmax, no background in the Dice part, batch). Ignored voxels add
    nothing to it, and their logits get a gradient of exactly 0: they are left out after the softmax, where MONAI's
    MaskedDiceLoss multiplies the logits before it, so that ignored voxels count as undecided ones.

    Args:
        logits: (B, C, *space), background first.
        answers: (B, 1, *space) class indices, or IGNORED.
    """
    known = answers != IGNORED
    target = torch.where(known, answers, 0).squeeze(1).long()
    entropy = nnf.cross_entropy(logits, target, reduction="none")[:, None]
    count = known.sum().clamp(min=1)
    zero = logits.new_zeros(())
    likely = torch.where(known, logits.softmax(dim=1), zero)[:, 1:]
    right = torch.where(known, nnf.one_hot(target, logits.shape[1]).movedim(-1, 1).to(logits.dtype), zero)[:, 1:]
    over = [0, *range(2, logits.ndim)]
    shared = (likely * right).sum(dim=over)
    total = likely.sum(dim=over) + right.sum(dim=over)
    dice = 1.0 - (2.0 * shared + _SMOOTH) / (total + _SMOOTH)
    return dice.mean() + torch.where(known, entropy, zero).sum() / count
