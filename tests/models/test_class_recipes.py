"""What holds for every recipe that answers with a class or a value."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_medal.core.plan import Fingerprint, Memory, ValueScale
from napari_medal.core.recipe import Recipe
from napari_medal.engine.device import choose_device
from napari_medal.engine.examples import Example
from napari_medal.engine.train import train
from napari_medal.testing import check_recipe
from napari_medal_models.densenet.recipe import RECIPE as DENSENET
from napari_medal_models.densenet.recipe import VALUE as DENSENET_VALUE
from napari_medal_models.efficientnet.recipe import RECIPE as EFFICIENTNET
from napari_medal_models.efficientnet.recipe import VALUE as EFFICIENTNET_VALUE
from napari_medal_models.resnet.recipe import RECIPE as RESNET
from napari_medal_models.resnet.recipe import VALUE as RESNET_VALUE
from tests.engine.learning import Losses, tiny_training

RECIPES: list[Recipe] = [RESNET, DENSENET, EFFICIENTNET]
VALUES: list[Recipe] = [RESNET_VALUE, DENSENET_VALUE, EFFICIENTNET_VALUE]
PLENTY = Memory(2**34, accelerated=False)
IMAGES = Fingerprint(10, 1, (1.0, 0.2, 0.2), (1, 80, 64), (1, 80, 64), planar=True)
named = {"ids": lambda recipe: recipe.name}


@pytest.mark.parametrize("recipe", [*RECIPES, *VALUES], **named)
def test_it_keeps_the_promises_of_a_recipe(recipe: Recipe) -> None:
    check_recipe(recipe)


@pytest.mark.parametrize("recipe", RECIPES, **named)
@pytest.mark.parametrize("shape", [(4, 300, 300), (60, 50, 40)], ids=str)
def test_the_network_takes_volumes_of_every_proportion(recipe: Recipe, shape: tuple[int, int, int]) -> None:
    plan = recipe.plan(Fingerprint(10, 2, (1.0, 1.0, 1.0), shape, shape, planar=False), PLENTY)
    with torch.no_grad():
        answer = recipe.build(plan, 2, 3)(torch.rand(1, 2, *plan.patch))
    assert answer.shape == (1, 3)
    assert torch.isfinite(answer).all()


@pytest.mark.parametrize("recipe", RECIPES, **named)
def test_it_learns(recipe: Recipe) -> None:
    device = replace(choose_device("cpu"), half=False, threads=1)
    training = tiny_training(device, recipe, IMAGES)
    plan = replace(training.plan, patch=(1, 32, 32), cold_steps=25, members=1, batch=4, learning_rate=2e-3)
    examples = [
        replace(example, prepared=replace(example.prepared, image=example.prepared.image[..., 48:80, 48:80].copy()))
        for example in training.examples
    ]
    curve = Losses()
    train(replace(training, plan=plan, examples=examples), curve)
    assert np.mean(curve.values[-2:]) < 0.8 * curve.values[0]


@pytest.mark.parametrize("recipe", VALUES, **named)
def test_it_learns_a_value(recipe: Recipe) -> None:
    device = replace(choose_device("cpu"), half=False, threads=1)
    training = tiny_training(device, recipe, IMAGES)
    scale = ValueScale(0.5, 0.5)
    plan = replace(
        training.plan, patch=(1, 32, 32), cold_steps=40, members=1, batch=4, learning_rate=2e-3, value_scale=scale
    )
    examples = [
        Example(
            replace(example.prepared, image=example.prepared.image[..., 48:80, 48:80].copy()),
            value=float(example.class_index or 0),
        )
        for example in training.examples
    ]
    curve = Losses()
    train(replace(training, plan=plan, outputs=1, examples=examples), curve)
    assert np.mean(curve.values[-2:]) < 0.7 * curve.values[0]


@pytest.mark.parametrize("recipe", RECIPES, **named)
def test_the_same_seed_gives_the_same_weights(recipe: Recipe) -> None:
    """No dropout, which would draw from the generator of the process."""
    plan = recipe.plan(IMAGES, PLENTY)
    torch.manual_seed(0)
    network = recipe.build(plan, 1, 2).train()
    image = torch.rand(2, 1, 64, 64)
    with torch.no_grad():
        assert torch.equal(network(image), network(image))
