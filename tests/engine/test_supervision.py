import torch
from torch.nn import functional as nnf

from napari_medal.engine.supervision import supervised


def _loss(logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    return nnf.cross_entropy(logits, answers[:, 0].long(), ignore_index=255)


def test_one_answer_has_its_own_loss() -> None:
    logits = torch.randn(2, 3, 4, 4, 4)
    answers = torch.randint(0, 3, (2, 1, 4, 4, 4), dtype=torch.uint8)
    assert torch.equal(supervised(_loss, logits, answers), _loss(logits, answers))
    assert torch.equal(supervised(_loss, (logits,), answers), _loss(logits, answers))


def test_coarser_answers_weigh_half_and_are_compared_on_their_own_grid() -> None:
    fine, coarse = torch.randn(2, 3, 4, 8, 8), torch.randn(2, 3, 4, 4, 4)
    answers = torch.randint(0, 3, (2, 1, 4, 8, 8), dtype=torch.uint8)
    answers[0, 0, 0] = 255
    small = answers[..., 1::2, 1::2]
    expected = (_loss(fine, answers) + 0.5 * _loss(coarse, small)) / 1.5
    assert torch.allclose(supervised(_loss, (fine, coarse), answers), expected)


def test_it_is_computed_in_float32_and_has_a_gradient() -> None:
    logits = torch.randn(1, 2, 4, 4, dtype=torch.bfloat16, requires_grad=True)
    answers = torch.zeros(1, 1, 4, 4, dtype=torch.uint8)
    found = supervised(_loss, (logits, logits[..., ::2, ::2]), answers)
    found.backward()
    assert found.dtype is torch.float32
    assert logits.grad is not None
    assert logits.grad.abs().sum() > 0


def test_classes_are_compared_as_they_are() -> None:
    logits, answers = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    expected = nnf.cross_entropy(logits, answers)
    assert torch.allclose(supervised(nnf.cross_entropy, (logits, logits), answers), expected)
