"""The recipes that take the brain out of a head."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from monai.networks.blocks.upsample import SubpixelUpsample
from monai.networks.utils import pixelshuffle
from scipy import ndimage
from skimage.filters import threshold_otsu

from napari_medal.core.learning import Learning
from napari_medal.core.loss_name import LossName
from napari_medal.core.particulars import Augmentation, Particulars
from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.core.progress import Silent
from napari_medal.core.recipe import Recipe
from napari_medal.core.target import Target
from napari_medal.engine.device import choose_device
from napari_medal.engine.ensemble import Ensemble
from napari_medal.engine.examples import Example
from napari_medal.engine.foreign import adopt
from napari_medal.engine.prepare import prepare
from napari_medal.engine.train import train
from napari_medal.engine.training import Training
from napari_medal.metrics.overlap import dice_per_label
from napari_medal.types import LabelArray
from napari_medal_models.skull_strip.recipe import RECIPE as IN_SPACE
from napari_medal_models.skull_strip.recipe_2d import RECIPE as BY_SLICE
from tests.models.heads import SHAPE, Head, head

ADULTS = Fingerprint(10, 1, (1.0, 1.0, 1.0), (170, 240, 180), (176, 256, 256), planar=False)
DOLLS = Fingerprint(4, 1, (1.0, 1.0, 1.0), SHAPE, SHAPE, planar=False)
GPU = Memory(2**36, accelerated=True)
CPU = Memory(2**32, accelerated=False)
RESNET_34 = (3, 4, 6, 3)


def test_the_constants_are_those_of_the_paper() -> None:
    in_space, by_slice = IN_SPACE.plan(ADULTS, GPU), BY_SLICE.plan(ADULTS, GPU)
    assert (in_space.patch, in_space.batch, in_space.learning_rate) == ((96, 160, 160), 8, 1e-2)
    assert (by_slice.patch[1:], by_slice.patch[0] * by_slice.batch, by_slice.learning_rate) == ((128, 128), 128, 1e-4)
    assert in_space.particulars == Particulars(
        augmentation=Augmentation(((-10.0, 10.0),), ((1.0, 1.1),)), loss=LossName.JACCARD, keep_largest=True
    )
    assert by_slice.particulars == Particulars(
        augmentation=Augmentation(((-15.0, 15.0),), ((1.0, 1.05),)), loss=LossName.BCE, keep_largest=True
    )
    for plan in (in_space, by_slice):
        assert (plan.spacing_mm, plan.dropout) == ((1.0, 1.0, 1.0), 0.5)


@pytest.mark.parametrize("recipe", [IN_SPACE, BY_SLICE], ids=lambda recipe: recipe.name)
def test_a_person_may_choose_another_dropout(recipe: Recipe) -> None:
    plan = recipe.plan(ADULTS, CPU)
    assert Learning().applied(plan).dropout == 0.5
    assert Learning(dropout=0.0).applied(plan).dropout == 0.0


@pytest.mark.parametrize("recipe", [IN_SPACE, BY_SLICE], ids=lambda recipe: recipe.name)
def test_thick_slices_are_brought_to_a_millimetre(recipe: Recipe) -> None:
    thick = replace(ADULTS, spacing_mm=(5.0, 0.5, 0.5), median_shape=(30, 480, 480))
    assert recipe.plan(thick, CPU) == recipe.plan(replace(ADULTS, median_shape=(150, 240, 240)), CPU)


@pytest.mark.parametrize(("channels", "seen"), [(1, 3), (2, 2), (3, 3)])
def test_the_way_down_is_torchvision_s_resnet_34(channels: int, seen: int) -> None:
    network = BY_SLICE.build(BY_SLICE.plan(ADULTS, CPU), channels, 2)
    photographs = _resnet_34()
    adoption = adopt(network, photographs)
    first = {"conv1.weight"} if seen != 3 else set()
    assert set(adoption.unused) == {"fc.weight", "fc.bias"} | first
    assert {name.partition(".")[0] for name in adoption.missing if name != "conv1.weight"} == {"decoder", "head"}
    taken = network.state_dict()
    assert all(torch.equal(taken[name], photographs[name]) for name in adoption.taken)
    assert taken["conv1.weight"].shape[1] == seen


def _resnet_34() -> dict[str, torch.Tensor]:
    """Tensors with the names and shapes of the file that torchvision 0.13 and later offer."""
    weights = {"conv1.weight": torch.rand(64, 3, 7, 7), "fc.weight": torch.rand(1000, 512), "fc.bias": torch.rand(1000)}
    weights |= _norm("bn1", 64)
    before = 64
    for level, blocks in enumerate(RESNET_34, start=1):
        width = 32 * 2**level
        for block in range(blocks):
            name = f"layer{level}.{block}"
            weights[f"{name}.conv1.weight"] = torch.rand(width, before, 3, 3)
            weights[f"{name}.conv2.weight"] = torch.rand(width, width, 3, 3)
            weights |= _norm(f"{name}.bn1", width) | _norm(f"{name}.bn2", width)
            if before != width:
                weights[f"{name}.downsample.0.weight"] = torch.rand(width, before, 1, 1)
                weights |= _norm(f"{name}.downsample.1", width)
            before = width
    return weights


def _norm(name: str, width: int) -> dict[str, torch.Tensor]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": torch.rand(width) for part in parts} | {f"{name}.num_batches_tracked": torch.tensor(7)}


def test_shuffled_pixels_begin_as_copies_of_the_nearest() -> None:
    """ICNR: what comes out of the shuffle is a picture of blocks of 2 x 2 alike."""
    network = BY_SLICE.build(BY_SLICE.plan(ADULTS, CPU), 1, 2)
    shuffles = [part for part in network.modules() if isinstance(part, SubpixelUpsample)]
    assert len(shuffles) == 5
    for shuffle in shuffles:
        picture = pixelshuffle(shuffle.conv_block(torch.randn(1, shuffle.conv_block.in_channels, 4, 4)), 2, 2)
        assert torch.allclose(picture[..., ::2, ::2], picture[..., 1::2, 1::2], atol=1e-5)
        assert torch.allclose(picture[..., ::2, ::2], picture[..., ::2, 1::2], atol=1e-5)
        assert picture[..., ::2, ::2].std() > 0.1


def test_slices_do_not_see_each_other() -> None:
    network = BY_SLICE.build(BY_SLICE.plan(DOLLS, CPU), 1, 2).eval()
    volume = torch.rand(1, 1, 20, 32, 64)
    with torch.no_grad():
        whole = network(volume)
        alone, flat = network(volume[:, :, 17:18]), network(volume[:, :, 17])
    assert whole.shape == (1, 2, 20, 32, 64)
    assert torch.allclose(whole[:, :, 17:18], alone, atol=1e-4)
    assert torch.allclose(whole[:, :, 17], flat, atol=1e-4)


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [
        (IN_SPACE, {"cold_steps": 60}),
        (BY_SLICE, {"cold_steps": 50, "widths": (8, 32, 32, 64, 128, 128), "learning_rate": 3e-3}),
    ],
    ids=["skull-strip", "skull-strip-2d"],
)
def test_brains_of_unseen_heads_are_found(recipe: Recipe, changes: dict[str, object]) -> None:
    """In a few steps; the narrow network of slices wants a higher rate for that."""
    plan = replace(recipe.plan(DOLLS, CPU), members=1, **changes)  # type: ignore[arg-type]
    heads = [head(seed) for seed in range(100, 103)]
    learnt = _dice(heads, _predicted(recipe, plan, [head(seed) for seed in range(4)], heads))
    assert learnt > _dice(heads, [_brighter(found) for found in heads]) + 0.1
    assert learnt > 0.85


def _predicted(recipe: Recipe, plan: Plan, known: Sequence[Head], unseen: Sequence[Head]) -> list[LabelArray]:
    device = replace(choose_device("cpu"), half=False, threads=1)
    examples = [Example(prepare([found.volume], plan, Target.MASK), mask=found.brain) for found in known]
    members = train(Training(recipe, plan, 1, 2, examples, None, 0, device), Silent())
    ensemble = Ensemble(recipe, plan, 1, 2, members, device)
    answers = [ensemble.samples(prepare([found.volume], plan, Target.MASK)) for found in unseen]
    return [answer.mean(axis=0).argmax(axis=0).astype(np.uint8) for answer in answers]


def _brighter(found: Head) -> LabelArray:
    """Return what a threshold says: what is not air nor bone, its largest part, holes filled."""
    bright = found.image > threshold_otsu(found.image)
    parts, count = ndimage.label(bright)
    largest = 1 + int(np.argmax(np.bincount(parts.ravel())[1:])) if count else 0
    return ndimage.binary_fill_holes(parts == largest).astype(np.uint8)


def _dice(heads: Sequence[Head], masks: Sequence[LabelArray]) -> float:
    return float(np.mean([dice_per_label(mask, found.brain, (1,)) for found, mask in zip(heads, masks, strict=True)]))
