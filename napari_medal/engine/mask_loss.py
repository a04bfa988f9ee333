"""The losses of a mask of which parts are not known."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as nnf

from napari_medal.core.loss_name import LossName
from napari_medal.engine.supervision import Loss
from napari_medal.errors import SettingsError

IGNORED = 255
"""Stands in a mask of class indices where nobody has said what is right. Inside the engine only."""

_SMOOTH = 1e-5
_SMOOTH_ALONE = 1.0
"""Without cross-entropy beside it, so that a batch without labels has a slope (Buda et al. 2019, Comput Biol Med
109:218, by the authors' code: github.com/MaciejMazurowski/brain-segmentation)."""
_GAMMA = 2.0
"""Focal loss: how fast voxels that are right already lose their say (Lin et al. 2017, arXiv 1708.02002)."""
_MISSED = 0.7
_FALSE = 0.3
_TVERSKY_POWER = 0.75
"""Focal Tversky loss: weights of missed and of false voxels, and the power 1 / gamma with gamma = 4/3 (Abraham and Khan
2018, arXiv 1810.07842)."""


def mask_loss(name: LossName = LossName.AUTO, weights: torch.Tensor | None = None) -> Loss:
    """Return a loss that compares logits (B, C, *space), background first, with answers (B, 1, *space).

    Answers are class indices, or IGNORED. Overlap is that of each foreground class over the whole batch, then the mean
    over the classes. Ignored voxels add nothing, and their logits get a gradient of exactly 0: they are left out after
    the softmax, where MONAI's MaskedDiceLoss multiplies the logits before it, so that ignored voxels count as undecided
    ones. With every voxel known DICE, DICE_CE, DICE_FOCAL, JACCARD, CE and FOCAL are MONAI's and torch's of that name;
    BCE takes each class, the background too, against the rest.

    Args:
        name: Which one.
        weights: (C,) weight of each class's voxels; for WEIGHTED_CE only.

    Raises:
        SettingsError: It is no loss for masks.
    """
    terms: dict[LossName, tuple[_Term, ...]] = {
        LossName.AUTO: (_dice, _entropy),
        LossName.DICE: (_dice_alone,),
        LossName.DICE_CE: (_dice, _entropy),
        LossName.DICE_FOCAL: (_dice, _focal),
        LossName.FOCAL_TVERSKY: (_focal_tversky,),
        LossName.JACCARD: (_jaccard,),
        LossName.CE: (_entropy,),
        LossName.WEIGHTED_CE: (_weighted_entropy(weights),),
        LossName.FOCAL: (_focal,),
        LossName.BCE: (_binary,),
    }
    if name not in terms:
        msg = f"learning.loss: found '{name}'; a mask takes {', '.join(known.value for known in terms)}."
        raise SettingsError(msg)

    def loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        return torch.stack([term(_Compared.of(logits, answers)) for term in terms[name]]).sum()

    return loss


@dataclass(frozen=True, eq=False)
class _Compared:
    """Logits and answers, and which voxels count: (B, 1, *space) all but `logits`."""

    logits: torch.Tensor
    target: torch.Tensor
    known: torch.Tensor

    @classmethod
    def of(cls, logits: torch.Tensor, answers: torch.Tensor) -> "_Compared":
        known = answers != IGNORED
        return cls(logits, torch.where(known, answers, 0).long(), known)

    def mean(self, losses: torch.Tensor) -> torch.Tensor:
        """Return the mean of (B, 1, *space) over the known voxels."""
        return torch.where(self.known, losses, losses.new_zeros(())).sum() / self.known.sum().clamp(min=1)

    @property
    def truth(self) -> torch.Tensor:
        """The target, (B, C, *space), of 0 and 1."""
        return nnf.one_hot(self.target[:, 0], self.logits.shape[1]).movedim(-1, 1).to(self.logits.dtype)

    def areas(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return what is shared, predicted and true of each foreground class, (C - 1,)."""
        zero = self.logits.new_zeros(())
        likely = torch.where(self.known, self.logits.softmax(dim=1), zero)[:, 1:]
        right = torch.where(self.known, self.truth, zero)[:, 1:]
        over = [0, *range(2, self.logits.ndim)]
        return (likely * right).sum(dim=over), likely.sum(dim=over), right.sum(dim=over)


_Term = Callable[[_Compared], torch.Tensor]


def _dice(compared: _Compared) -> torch.Tensor:
    shared, predicted, true = compared.areas()
    return (1.0 - (2.0 * shared + _SMOOTH) / (predicted + true + _SMOOTH)).mean()


def _dice_alone(compared: _Compared) -> torch.Tensor:
    shared, predicted, true = compared.areas()
    return (1.0 - (2.0 * shared + _SMOOTH_ALONE) / (predicted + true + _SMOOTH_ALONE)).mean()


def _jaccard(compared: _Compared) -> torch.Tensor:
    shared, predicted, true = compared.areas()
    return (1.0 - (shared + _SMOOTH) / (predicted + true - shared + _SMOOTH)).mean()


def _focal_tversky(compared: _Compared) -> torch.Tensor:
    shared, predicted, true = compared.areas()
    total = shared + _FALSE * (predicted - shared) + _MISSED * (true - shared)
    # The power has no slope at 0, where a class is neither there nor predicted.
    return (1.0 - (shared + _SMOOTH) / (total + _SMOOTH)).clamp(min=1e-6).pow(_TVERSKY_POWER).mean()


def _entropy(compared: _Compared) -> torch.Tensor:
    return compared.mean(nnf.cross_entropy(compared.logits, compared.target[:, 0], reduction="none")[:, None])


def _weighted_entropy(weights: torch.Tensor | None) -> _Term:
    def term(compared: _Compared) -> torch.Tensor:
        if weights is None:
            return _entropy(compared)
        of_voxel = weights.to(compared.logits)[compared.target]
        entropy = nnf.cross_entropy(compared.logits, compared.target[:, 0], reduction="none")[:, None]
        return compared.mean(entropy * of_voxel) / compared.mean(of_voxel).clamp(min=_SMOOTH)

    return term


def _focal(compared: _Compared) -> torch.Tensor:
    entropy = nnf.cross_entropy(compared.logits, compared.target[:, 0], reduction="none")[:, None]
    return compared.mean(entropy * (1.0 - torch.exp(-entropy)).pow(_GAMMA))


def _binary(compared: _Compared) -> torch.Tensor:
    each = nnf.binary_cross_entropy_with_logits(compared.logits, compared.truth, reduction="none")
    return compared.mean(each.mean(dim=1, keepdim=True))
