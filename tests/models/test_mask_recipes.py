"""What holds for every recipe that answers with a mask."""

import math
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.recipe import Recipe
from napari_medal.engine.device import choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.train import train
from napari_medal.testing import check_recipe
from napari_medal_models.attention_unet.recipe import RECIPE as ATTENTION_UNET
from napari_medal_models.dynunet.recipe import RECIPE as DYNUNET
from napari_medal_models.glioma_unet.recipe import FLAIR, SEQUENCES
from napari_medal_models.residual_unet.recipe import RECIPE as RESIDUAL_UNET
from napari_medal_models.segresnet.recipe import RECIPE as SEGRESNET
from napari_medal_models.skull_strip.recipe import RECIPE as SKULL_STRIP
from napari_medal_models.skull_strip.recipe_2d import RECIPE as SKULL_STRIP_2D
from napari_medal_models.swin_unetr.recipe import RECIPE as SWIN_UNETR
from napari_medal_models.unet.recipe import RECIPE as UNET
from napari_medal_models.unet_2d.recipe import RECIPE as UNET_2D
from tests.engine.learning import Losses, tiny_training

ANISOTROPIC = [UNET, RESIDUAL_UNET, ATTENTION_UNET, DYNUNET, SEGRESNET]
RECIPES: list[Recipe] = [*ANISOTROPIC, UNET_2D, SWIN_UNETR, FLAIR, SEQUENCES, SKULL_STRIP, SKULL_STRIP_2D]
THICK = Fingerprint(10, 1, (5.0, 0.7, 0.7), (12, 64, 64), (12, 64, 64), planar=False)
CUBE = Fingerprint(10, 1, (1.0, 1.0, 1.0), (32, 32, 32), (32, 32, 32), planar=False)
PLENTY = Memory(2**34, accelerated=False)
SIDE = st.integers(1, 500)
SPACING = st.floats(0.05, 12.0)
named = {"ids": lambda recipe: recipe.name}


def _space(plan: Plan) -> tuple[int, ...]:
    return plan.patch[1:] if plan.patch[0] == 1 else plan.patch


@pytest.mark.parametrize("recipe", RECIPES, **named)
def test_it_keeps_the_promises_of_a_recipe(recipe: Recipe) -> None:
    check_recipe(recipe)


@pytest.mark.parametrize("recipe", RECIPES, **named)
@given(
    shape=st.tuples(SIDE, SIDE, SIDE),
    spacing=st.tuples(SPACING, SPACING, SPACING),
    planar=st.booleans(),
    budget=st.integers(2**26, 2**37),
    accelerated=st.booleans(),
)
@settings(max_examples=25)
def test_every_fingerprint_gets_a_sound_plan(
    recipe: Recipe,
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
    planar: bool,
    budget: int,
    accelerated: bool,
) -> None:
    shape = (1, *shape[1:]) if planar else shape
    plan = recipe.plan(Fingerprint(10, 1, spacing, shape, shape, planar), Memory(budget, accelerated))
    assert not any(side % divisor for side, divisor in zip(plan.patch, plan.divisor, strict=True))
    assert len(plan.widths) == len(plan.kernels) == len(plan.strides) + 1
    assert (plan.patch[0] == 1) == planar
    assert (plan.spacing_mm is None) == planar
    assert {side for kernel in plan.kernels for side in kernel} <= {1, 3}


@pytest.mark.parametrize("recipe", ANISOTROPIC, **named)
def test_coarse_slices_are_neither_pooled_nor_looked_across_until_the_axes_are_alike(recipe: Recipe) -> None:
    plan = recipe.plan(THICK, PLENTY)
    assert plan.kernels[:2] == ((1, 3, 3), (1, 3, 3))
    assert plan.strides[:2] == ((1, 2, 2), (1, 2, 2))
    kernels = [tuple(m.kernel_size) for m in recipe.build(plan, 1, 2).modules() if isinstance(m, torch.nn.Conv3d)]
    assert kernels[0] == (1, 3, 3)
    deep = recipe.plan(replace(THICK, median_shape=(64, 256, 256)), PLENTY)
    assert deep.kernels[-1] == (3, 3, 3) or deep.strides[-1] == (1, 2, 2)


@pytest.mark.parametrize("recipe", ANISOTROPIC, **named)
def test_no_slice_knows_of_another_above_the_level_where_kernels_are_deep(recipe: Recipe) -> None:
    plan = recipe.plan(replace(THICK, spacing_mm=(20.0, 0.7, 0.7), median_shape=(4, 32, 32)), PLENTY)
    assert all(kernel[0] == 1 for kernel in plan.kernels)
    assert plan.divisor[0] == 1


@pytest.mark.parametrize("recipe", RECIPES, **named)
def test_the_reckoned_memory_is_no_less_than_what_a_step_holds(recipe: Recipe) -> None:
    """Everything kept for the way back, against the bytes that the plan's patch was chosen by."""
    fingerprint = THICK if recipe is not SWIN_UNETR else CUBE
    budget = 2**28
    plan = recipe.plan(replace(fingerprint, median_shape=(12, 256, 256)), Memory(budget, accelerated=False))
    held: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        held[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    network = recipe.build(plan, 1, 3).train()
    own = {parameter.untyped_storage().data_ptr() for parameter in network.parameters()}
    image = torch.rand(1, 1, *_space(plan))
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        kept = network(image)
    needed = plan.batch * sum(size for at, size in held.items() if at not in own)
    smallest = prod(plan.patch) <= 8 * prod(plan.divisor)
    assert needed <= budget or smallest
    assert kept is not None


@pytest.mark.parametrize("recipe", [*ANISOTROPIC, UNET_2D], **named)
def test_it_learns(recipe: Recipe) -> None:
    device = replace(choose_device("cpu"), half=False, threads=1)
    spacing = (4.0, 1.0, 1.0)
    fingerprint = Fingerprint(4, 1, spacing, (4, 32, 32), (4, 32, 32), planar=False)
    training = tiny_training(device, recipe, fingerprint)
    curve = Losses()
    plan = replace(training.plan, cold_steps=25, members=1, widths=tuple(min(n, 16) for n in training.plan.widths))
    if recipe is SEGRESNET:
        plan = replace(
            plan, widths=training.plan.widths, learning_rate=1e-2
        )  # each level is twice as wide as the one above
    members = train(replace(training, plan=plan), curve)
    assert all(math.isfinite(value) for value in curve.values)
    assert np.mean(curve.values[-2:]) < 0.8 * curve.values[0]
    samples = Ensemble(recipe, plan, 1, 2, members, device).samples(training.examples[0].prepared)
    assert samples.shape == (1, 2, 4, 32, 32)


def test_swin_unetr_learns() -> None:
    device = replace(choose_device("cpu"), half=False, threads=1)
    fingerprint = replace(CUBE, spacing_mm=(1.0, 0.4, 0.4), median_shape=(1, 64, 64), planar=True)
    training = tiny_training(device, SWIN_UNETR, fingerprint)
    plan = replace(training.plan, cold_steps=10, members=1, batch=2, learning_rate=2e-3)
    curve = Losses()
    train(replace(training, plan=plan), curve)
    assert curve.values[-1] < curve.values[0]


def test_deep_supervision_is_for_training_alone() -> None:
    plan = DYNUNET.plan(CUBE, PLENTY)
    network = DYNUNET.build(plan, 1, 3)
    given = network.train()(torch.rand(1, 1, *plan.patch))
    assert [answer.shape[-1] for answer in given] == [plan.patch[2], plan.patch[2] // 2]
    assert isinstance(network.eval()(torch.rand(1, 1, *plan.patch)), torch.Tensor)


def test_2d_slices_do_not_see_each_other() -> None:
    plan = UNET_2D.plan(CUBE, PLENTY)
    network = UNET_2D.build(plan, 2, 3).eval()
    volume = torch.rand(1, 2, 20, 32, 32)
    with torch.no_grad():
        whole = network(volume)
        alone = network(volume[:, :, 7:8])
    assert whole.shape == (1, 3, 20, 32, 32)
    assert torch.allclose(whole[:, :, 7:8], alone, atol=1e-4)


def test_swin_unetr_is_that_of_monai() -> None:
    """Names and shapes of the weights, so that weights trained elsewhere fit."""
    from monai.networks.nets.swin_unetr import SwinUNETR

    ours = SWIN_UNETR.build(SWIN_UNETR.plan(CUBE, PLENTY), 1, 3).state_dict()
    theirs: Any = SwinUNETR(in_channels=1, out_channels=3, feature_size=12).state_dict()
    assert {name: t.shape for name, t in ours.items()} == {name: t.shape for name, t in theirs.items()}


def test_segresnet_is_that_of_monai_where_nothing_is_coarse() -> None:
    from monai.networks.nets.segresnet import SegResNet

    fingerprint = replace(CUBE, median_shape=(64, 64, 64))
    ours = SEGRESNET.build(SEGRESNET.plan(fingerprint, PLENTY), 1, 3)
    theirs: Any = SegResNet(init_filters=8, in_channels=1, out_channels=3)
    theirs.load_state_dict(ours.state_dict())
    image = torch.rand(1, 1, 16, 16, 16)
    with torch.no_grad():
        assert torch.allclose(ours.eval()(image), theirs.eval()(image), atol=1e-5)
