import re

import numpy as np
import pytest
import torch
import torch.nn.functional as nnf
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from napari_medal.core.loss_name import LossName
from napari_medal.engine.class_loss import class_loss
from napari_medal.engine.value_loss import value_loss
from napari_medal.errors import SettingsError

WEIGHTS = torch.tensor([0.5, 1.0, 4.0])
FOR_CLASSES = [LossName.AUTO, LossName.CE, LossName.WEIGHTED_CE, LossName.FOCAL, LossName.BCE, LossName.ORDINAL]


def _batch(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    return 2 * torch.randn((6, 3), generator=random), torch.randint(0, 3, (6,), generator=random)


@given(st.integers(0, 99))
def test_cross_entropy_is_torchs(seed: int) -> None:
    logits, answers = _batch(seed)
    assert class_loss(LossName.CE)(logits, answers) == nnf.cross_entropy(logits, answers)
    weighted = class_loss(LossName.WEIGHTED_CE, WEIGHTS)(logits, answers)
    assert weighted == nnf.cross_entropy(logits, answers, weight=WEIGHTS)


@given(st.integers(0, 99))
def test_focal_loss_by_its_formula(seed: int) -> None:
    logits, answers = _batch(seed)
    likely = logits.double().softmax(dim=1).numpy()[np.arange(6), answers.numpy()]
    wanted = np.mean(-((1 - likely) ** 2) * np.log(likely))
    assert float(class_loss(LossName.FOCAL)(logits, answers)) == pytest.approx(wanted, rel=1e-4)


@given(st.integers(0, 99))
def test_several_classes_may_be_right_at_once(seed: int) -> None:
    logits, answers = _batch(seed)
    both = nnf.one_hot(answers, 3) | nnf.one_hot((answers + 1) % 3, 3)
    wanted = nnf.binary_cross_entropy_with_logits(logits, both.float())
    assert class_loss(LossName.BCE)(logits, both) == wanted
    one = class_loss(LossName.BCE)(logits, answers)
    assert one == nnf.binary_cross_entropy_with_logits(logits, nnf.one_hot(answers, 3).float())


def test_a_mistake_far_off_in_the_order_costs_more() -> None:
    answers = torch.tensor([0])
    near, far = torch.tensor([[0.0, 4.0, 0.0]]), torch.tensor([[0.0, 0.0, 4.0]])
    ordinal, plain = class_loss(LossName.ORDINAL), class_loss(LossName.CE)
    assert plain(near, answers) == plain(far, answers)
    assert ordinal(far, answers) > ordinal(near, answers) + 0.5


def test_between_two_classes_the_ordinal_part_is_the_squared_earth_movers_distance() -> None:
    logits, answers = torch.tensor([[1.0, -0.5]]), torch.tensor([1])
    distance = wasserstein_distance([0, 1], [1], logits.softmax(dim=1)[0].tolist())
    part = class_loss(LossName.ORDINAL)(logits, answers) - nnf.cross_entropy(logits, answers)
    assert float(part) == pytest.approx(distance**2, rel=1e-5)


@pytest.mark.parametrize("name", FOR_CLASSES[1:])  # AUTO smooths, so every class has a say in every case
def test_a_weight_of_nought_leaves_a_class_out(name: LossName) -> None:
    logits, _ = _batch(0)
    answers = torch.tensor([0, 1, 2, 0, 1, 2])
    changed = logits.clone()
    if name is LossName.BCE:
        changed[:, 2] = 9.0
    else:
        changed[[2, 5]] = torch.tensor([9.0, -9.0, 0.0])
    weighted, plain = class_loss(name, torch.tensor([1.0, 1.0, 0.0])), class_loss(name)
    assert float(weighted(changed, answers)) == pytest.approx(float(weighted(logits, answers)))
    assert float(plain(changed, answers)) != pytest.approx(float(plain(logits, answers)))


@pytest.mark.parametrize("name", [name for name in LossName if name not in FOR_CLASSES])
def test_a_loss_of_masks_is_refused_for_classes(name: LossName) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"found '{name}'; a class takes auto, ce")):
        class_loss(name)


def test_a_value_takes_hubers_loss() -> None:
    found = value_loss()(torch.tensor([[0.5], [3.0]]), torch.tensor([[0.0], [0.0]]))
    assert float(found) == pytest.approx((0.5 * 0.25 + 3.0 - 0.5) / 2)
    with pytest.raises(SettingsError, match="a value takes auto, huber"):
        value_loss(LossName.CE)
