import re
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as nnf
from hypothesis import given, settings
from hypothesis import strategies as st
from monai.losses.dice import DiceCELoss, DiceLoss
from monai.losses.focal_loss import FocalLoss
from monai.losses.tversky import TverskyLoss

from napari_medal.core.loss_name import LossName
from napari_medal.engine.mask_loss import IGNORED, mask_loss
from napari_medal.errors import SettingsError

SPACES = st.sampled_from([(6, 5), (4, 5, 3)])
WEIGHTS = torch.tensor([0.2, 1.0, 3.0, 0.5, 2.0])
FOR_MASKS = [
    name for name in LossName if name not in (LossName.ORDINAL, LossName.HUBER)
]  # the others compare whole cases


def _batch(seed: int, classes: int, space: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn((2, classes, *space), generator=random)
    return logits, torch.randint(0, classes, (2, 1, *space), generator=random, dtype=torch.uint8)


def _overlap(**changes: Any) -> dict[str, Any]:
    return {"softmax": True, "to_onehot_y": True, "include_background": False, "batch": True} | changes


def _focal_tversky(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """The power of each class's loss, by MONAI's index; it weighs false voxels with alpha, missed ones with beta."""
    each = TverskyLoss(**_overlap(alpha=0.3, beta=0.7, reduction="none"))(logits, answers)
    return torch.as_tensor(each.clamp(min=1e-6).pow(0.75).mean())


def _weighted(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    return nnf.cross_entropy(logits, answers[:, 0], weight=WEIGHTS[: logits.shape[1]])


def _binary(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    each = [
        nnf.binary_cross_entropy_with_logits(logits[:, number], (answers[:, 0] == number).float())
        for number in range(logits.shape[1])
    ]
    return torch.stack(each).mean()


PEERS: dict[LossName, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {
    LossName.AUTO: DiceCELoss(**_overlap()),
    LossName.DICE: DiceLoss(**_overlap(smooth_nr=1.0, smooth_dr=1.0)),
    LossName.DICE_CE: DiceCELoss(**_overlap()),
    # Cross-entropy over all classes, where MONAI's own default for its focal part leaves the background out.
    LossName.DICE_FOCAL: lambda logits, answers: (
        DiceLoss(**_overlap())(logits, answers) + _focal_by_softmax(logits, answers)
    ),
    LossName.FOCAL_TVERSKY: _focal_tversky,
    LossName.JACCARD: DiceLoss(**_overlap(jaccard=True)),
    LossName.CE: lambda logits, answers: nnf.cross_entropy(logits, answers[:, 0]),
    LossName.WEIGHTED_CE: _weighted,
    LossName.FOCAL: lambda logits, answers: _focal_by_softmax(logits, answers),
    LossName.BCE: _binary,
}


def _focal_by_softmax(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """MONAI's focal loss is a mean over classes too, of which all but the true one are 0."""
    peer = FocalLoss(gamma=2.0, use_softmax=True, to_onehot_y=True, include_background=True)
    return torch.as_tensor(peer(logits, answers) * logits.shape[1])


def _loss(name: LossName, classes: int) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    return mask_loss(name, WEIGHTS[:classes] if name is LossName.WEIGHTED_CE else None)


def test_every_loss_for_masks_has_a_peer() -> None:
    assert list(PEERS) == FOR_MASKS


@pytest.mark.parametrize("name", FOR_MASKS)
@settings(max_examples=25)
@given(seed=st.integers(0, 99), classes=st.integers(2, 5), space=SPACES)
def test_with_nothing_ignored_it_is_what_others_compute(
    name: LossName, seed: int, classes: int, space: tuple[int, ...]
) -> None:
    logits, answers = _batch(seed, classes, space)
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss, wanted = _loss(name, classes)(ours, answers), PEERS[name](theirs, answers.long())
    torch.testing.assert_close(loss, wanted, atol=2e-5, rtol=1e-5)
    torch.autograd.backward([loss, wanted])
    torch.testing.assert_close(ours.grad, theirs.grad, atol=2e-6, rtol=1e-4)


@pytest.mark.parametrize("name", FOR_MASKS)
@settings(max_examples=25)
@given(seed=st.integers(0, 99), classes=st.integers(2, 4), space=SPACES)
def test_ignored_voxels_have_no_gradient_and_no_say(
    name: LossName, seed: int, classes: int, space: tuple[int, ...]
) -> None:
    logits, answers = _batch(seed, classes, space)
    answers[:, :, :2] = IGNORED
    compare = _loss(name, classes)
    first = logits.clone().requires_grad_()
    loss = compare(first, answers)
    torch.autograd.backward(loss)
    assert first.grad is not None
    assert (first.grad[:, :, :2] == 0).all()
    assert (first.grad[:, :, 2:] != 0).any()
    logits[:, :, :2] = 50 * torch.randn(logits[:, :, :2].shape)
    assert compare(logits, answers) == loss
    torch.testing.assert_close(loss, compare(logits[:, :, 2:], answers[:, :, 2:]))


@pytest.mark.parametrize("name", FOR_MASKS)
def test_a_batch_of_which_nothing_is_known_teaches_nothing(name: LossName) -> None:
    logits = torch.randn((1, 3, 4, 4, 4)).requires_grad_()
    loss = _loss(name, 3)(logits, torch.full((1, 1, 4, 4, 4), IGNORED, dtype=torch.uint8))
    torch.autograd.backward(loss)
    assert float(loss.detach()) < 1e-3
    assert logits.grad is not None
    assert (logits.grad == 0).all()


@pytest.mark.parametrize("name", [LossName.ORDINAL, LossName.HUBER])
def test_a_loss_of_whole_cases_is_refused(name: LossName) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"found '{name}'; a mask takes auto, dice, dice-ce")):
        mask_loss(name)
