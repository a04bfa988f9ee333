from dataclasses import replace

import numpy as np
import pytest
import torch

from napari_medal.core.plan import Fingerprint, Memory
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import choose_device
from napari_medal.engine.embedding import Embedding
from napari_medal.registry import Registry, keeps
from tests.entries import declared_extensions
from tests.small import REPO_ROOT, UNET

DEVICE = replace(choose_device("cpu"), half=False, threads=1)
MEMORY = Memory(2**31, accelerated=False)
POINTS = [point for point in declared_extensions(REPO_ROOT) if point.group == "napari_medal.recipes"]


def _network(planar: bool = False) -> tuple[torch.nn.Module, object]:
    shape = (1, 24, 24) if planar else (24, 24, 24)
    plan = UNET.plan(Fingerprint(1, 1, (1.0, 1.0, 1.0), shape, shape, planar), MEMORY)
    torch.manual_seed(0)
    return UNET.build(plan, 1, 3).eval(), plan


@pytest.mark.parametrize("planar", [False, True], ids=["3D", "2D"])
def test_it_is_mean_and_deviation_of_the_deepest_convolution(planar: bool) -> None:
    network, plan = _network(planar)
    image = torch.randn((1, 1, 1, 16, 24) if planar else (1, 1, 12, 16, 24))
    seen = []
    handle = network.down[-1][1][0].register_forward_hook(lambda module, given, answer: seen.append(answer))
    with torch.inference_mode():
        network(image[:, :, 0] if planar else image)
    handle.remove()
    deepest = seen[0].flatten(2)[0]
    wanted = torch.cat([deepest.mean(dim=1), deepest.std(dim=1, correction=0)])
    assert np.allclose(Embedding(network, plan, DEVICE).of(image), wanted, atol=1e-4)


def test_alike_images_lie_close_whatever_was_asked_before() -> None:
    network, plan = _network()
    embedding = Embedding(network, plan, DEVICE)
    image = torch.randn(1, 1, 16, 16, 16)
    first = np.array(embedding.of(image))
    near = np.array(embedding.of(image + 0.01 * torch.randn_like(image)))
    far = np.array(embedding.of(torch.randn(1, 1, 16, 16, 16) * 3))
    assert np.linalg.norm(first - near) < 0.2 * np.linalg.norm(first - far)
    assert tuple(first) == embedding.of(image)


def test_a_large_image_is_averaged_down() -> None:
    network, plan = _network()
    image = torch.zeros(1, 1, 130, 100, 110)
    image[..., 20:60, 30:70, 40:90] = 1.0
    found = Embedding(network, plan, DEVICE).of(image)
    assert len(found) == 16
    assert np.isfinite(found).all()


def test_a_network_without_a_convolution_has_none() -> None:
    _, plan = _network()
    network = torch.nn.Sequential(torch.nn.Identity())
    assert Embedding(network, plan, DEVICE).of(torch.zeros(1, 1, 8, 8, 8)) == ()


@pytest.mark.parametrize("point", POINTS, ids=[point.name for point in POINTS])
def test_every_recipe_of_ours_tells_cases_apart(point: object) -> None:
    recipe = Registry("napari_medal.recipes", keeps(Recipe), [point]).get(point.name)
    planar = recipe.name == "unet-2d"
    shape = (1, 64, 64) if planar else (32, 32, 32)
    plan = recipe.plan(Fingerprint(4, 1, (1.0, 1.0, 1.0), shape, shape, planar), MEMORY)
    if recipe.target is not Target.MASK:
        shape = plan.patch
    torch.manual_seed(0)
    embedding = Embedding(recipe.build(plan, 1, 3).eval(), plan, DEVICE)
    first, second = (np.array(embedding.of(torch.randn(1, 1, *shape) * scale)) for scale in (1.0, 2.0))
    assert first.size > 4
    assert not np.allclose(first, second)
