import torch
from hypothesis import given
from hypothesis import strategies as st
from monai.losses.dice import DiceCELoss

from napari_medal.engine.loss import IGNORED, mask_loss

SPACES = st.sampled_from([(6, 5), (4, 5, 3)])


def _batch(seed: int, classes: int, space: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn((2, classes, *space), generator=random)
    return logits, torch.randint(0, classes, (2, 1, *space), generator=random, dtype=torch.uint8)


@given(st.integers(0, 99), st.integers(2, 5), SPACES)
def test_with_nothing_ignored_it_is_dice_and_cross_entropy(seed: int, classes: int, space: tuple[int, ...]) -> None:
    logits, answers = _batch(seed, classes, space)
    whole = DiceCELoss(softmax=True, to_onehot_y=True, include_background=False, batch=True)
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss, wanted = mask_loss(ours, answers), whole(theirs, answers.long())
    torch.testing.assert_close(loss, wanted, atol=1e-6, rtol=1e-6)
    torch.autograd.backward([loss, wanted])
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-6, rtol=1e-6)


@given(st.integers(0, 99), st.integers(2, 4), SPACES)
def test_ignored_voxels_have_no_gradient_and_no_say(seed: int, classes: int, space: tuple[int, ...]) -> None:
    logits, answers = _batch(seed, classes, space)
    answers[:, :, :2] = IGNORED
    first = logits.clone().requires_grad_()
    loss = mask_loss(first, answers)
    torch.autograd.backward(loss)
    assert first.grad is not None
    assert (first.grad[:, :, :2] == 0).all()
    assert (first.grad[:, :, 2:] != 0).any()
    logits[:, :, :2] = 50 * torch.randn(logits[:, :, :2].shape)
    assert mask_loss(logits, answers) == loss
    torch.testing.assert_close(loss, mask_loss(logits[:, :, 2:], answers[:, :, 2:]))


def test_a_batch_of_which_nothing_is_known_teaches_nothing() -> None:
    logits = torch.randn((1, 3, 4, 4, 4)).requires_grad_()
    loss = mask_loss(logits, torch.full((1, 1, 4, 4, 4), IGNORED, dtype=torch.uint8))
    torch.autograd.backward(loss)
    assert float(loss.detach()) == 0.0
    assert logits.grad is not None
    assert (logits.grad == 0).all()
