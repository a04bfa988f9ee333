from dataclasses import replace
from math import prod
from typing import Any

import pytest
import torch
from torch import nn

from napari_medal.core.loss_name import LossName
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.recipe import Recipe
from napari_medal.engine.live_bytes import LiveBytes
from napari_medal.engine.mask_loss import mask_loss
from napari_medal.engine.step_memory import StepMemory, take_step
from napari_medal.engine.supervision import supervised
from napari_medal_models.attention_unet.recipe import RECIPE as ATTENTION_UNET
from napari_medal_models.dynunet.recipe import RECIPE as DYNUNET
from napari_medal_models.resnet.recipe import RECIPE as RESNET
from napari_medal_models.segresnet.recipe import RECIPE as SEGRESNET
from napari_medal_models.swin_unetr.recipe import RECIPE as SWIN_UNETR
from napari_medal_models.unet.recipe import RECIPE as UNET
from napari_medal_models.unet_2d.recipe import RECIPE as UNET_2D
from tests.small import SmallUNet

RECIPES: list[Recipe] = [UNET, UNET_2D, ATTENTION_UNET, DYNUNET, SEGRESNET, SWIN_UNETR, RESNET]
MEMORY = Memory(2**30, accelerated=False)
SMALL = Fingerprint(10, 1, (1.0, 1.0, 1.0), (16, 32, 32), (16, 32, 32), planar=False)
FLAT = Fingerprint(10, 1, (1.0, 1.0, 1.0), (1, 64, 64), (1, 64, 64), planar=True)
CPU = torch.device("cpu")


def _plan(recipe: Recipe) -> tuple[Recipe, Plan]:
    if recipe is SWIN_UNETR:  # two steps of 32 along every axis would take a while
        return recipe, replace(recipe.plan(FLAT, MEMORY), batch=2)
    plan = recipe.plan(SMALL, MEMORY)
    return recipe, replace(plan, batch=1)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_walk_without_numbers_counts_what_a_real_step_on_the_cpu_holds(recipe: Recipe) -> None:
    recipe, plan = _plan(recipe)
    memory = StepMemory(recipe, plan, 1, 3)
    network = recipe.build(plan, 1, 3).train()
    live = LiveBytes()
    with live:
        take_step(network, recipe.target, plan.patch, plan.batch, 1, CPU)
    held = sum(parameter.numel() for parameter in network.parameters()) * 4
    assert memory.fixed == 5 * held
    assert memory.bytes(plan) - memory.fixed == pytest.approx(live.peak, rel=0.01)


MASK_LOSSES = [LossName.AUTO, LossName.DICE_FOCAL, LossName.FOCAL_TVERSKY, LossName.JACCARD, LossName.CE, LossName.BCE]


@pytest.mark.parametrize("name", MASK_LOSSES)
def test_the_loss_that_is_walked_through_holds_no_less_than_a_real_one(name: LossName) -> None:
    plan = UNET.plan(SMALL, MEMORY)
    network = UNET.build(plan, 1, 6).train()
    live = LiveBytes()
    with live:
        given = network(torch.zeros(plan.batch, 1, *plan.patch))
        answers = torch.zeros(plan.batch, 1, *plan.patch, dtype=torch.uint8)
        torch.autograd.backward(supervised(mask_loss(name), given, answers))
    memory = StepMemory(UNET, plan, 1, 6)
    assert memory.bytes(plan) - memory.fixed >= 0.97 * live.peak


@pytest.mark.parametrize("recipe", [UNET, DYNUNET], ids=lambda recipe: recipe.name)
def test_memory_grows_with_patch_and_batch(recipe: Recipe) -> None:
    plan = recipe.plan(SMALL, MEMORY)
    memory = StepMemory(recipe, plan, 1, 3)
    once, twice = (memory.bytes(replace(plan, batch=batch)) - memory.fixed for batch in (2, 4))
    assert twice == pytest.approx(2 * once, rel=0.1)
    z, y, x = plan.patch
    assert memory.bytes(replace(plan, patch=(z, y, 2 * x))) - memory.fixed == pytest.approx(2 * once, rel=0.1)


class _Looks(nn.Module):
    """A network that looks at numbers, which a tensor without any cannot answer."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.as_tensor(self.inner(image)) * float(image.max().item() + 1.0)


class _LookingUNet(SmallUNet):
    def build(self, plan: Plan, channels: int, outputs: int) -> Any:
        return _Looks(super().build(plan, channels, outputs))


def test_a_network_that_has_to_look_at_numbers_takes_a_small_real_step() -> None:
    plan = replace(SmallUNet().plan(SMALL, MEMORY), patch=(16, 32, 32))
    plain, looking = (StepMemory(recipe, plan, 1, 3) for recipe in (SmallUNet(), _LookingUNet()))
    assert looking.fixed == plain.fixed
    assert prod(plan.patch) > 8 * prod(plan.divisor)
    assert looking.bytes(plan) >= 0.9 * plain.bytes(plan)
    assert looking.bytes(plan) <= 3 * plain.bytes(plan)
