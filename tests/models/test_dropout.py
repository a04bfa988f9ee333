"""What holds for every recipe whose plan drops features while it trains."""

from dataclasses import replace

import pytest
import torch

from napari_medal.core.plan import Fingerprint, Memory
from napari_medal.core.recipe import Recipe
from tests.models.test_class_recipes import RECIPES as FOR_CLASSES
from tests.models.test_mask_recipes import RECIPES as FOR_MASKS

IMAGES = Fingerprint(10, 1, (1.0, 1.0, 1.0), (1, 64, 64), (1, 64, 64), planar=True)
VOLUMES = Fingerprint(10, 1, (1.0, 1.0, 1.0), (32, 32, 32), (32, 32, 32), planar=False)
PLENTY = Memory(2**34, accelerated=False)


@pytest.mark.parametrize("fingerprint", [IMAGES, VOLUMES], ids=["2D", "3D"])
@pytest.mark.parametrize("recipe", [*FOR_MASKS, *FOR_CLASSES], ids=lambda recipe: recipe.name)
def test_dropout_changes_answers_in_training_and_no_names(recipe: Recipe, fingerprint: Fingerprint) -> None:
    plan = recipe.plan(fingerprint, PLENTY)
    plan = replace(plan, patch=(plan.patch[0], 64, 64)) if fingerprint.planar else plan
    torch.manual_seed(0)
    plain, dropping = recipe.build(plan, 1, 2), recipe.build(replace(plan, dropout=0.5), 1, 2)
    dropping.load_state_dict(plain.state_dict())
    image = torch.rand(1, 1, *(plan.patch[1:] if fingerprint.planar else plan.patch))
    with torch.no_grad():
        torch.testing.assert_close(dropping.eval()(image), plain.eval()(image))
        first, second = (_finest(dropping.train()(image)) for _ in range(2))
        assert not torch.equal(first, second)


def _finest(answer: torch.Tensor | tuple[torch.Tensor, ...]) -> torch.Tensor:
    return answer if isinstance(answer, torch.Tensor) else answer[0]
