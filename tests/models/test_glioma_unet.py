from dataclasses import replace

import pytest
import torch

from napari_medal.core.loss_name import LossName
from napari_medal.core.plan import Fingerprint, Memory
from napari_medal_models.glioma_unet.network import with_neighbours
from napari_medal_models.glioma_unet.recipe import FLAIR, SEQUENCES, GliomaRecipe

CPU, GPU = Memory(2**34, accelerated=False), Memory(2**36, accelerated=True)
SET = Fingerprint(24, 1, (4.0, 1.0, 1.0), (22, 256, 256), (28, 256, 256), planar=False)
THREE = replace(SET, channels=3)


def test_the_plan_is_the_papers_on_an_accelerator_and_half_of_it_on_a_cpu() -> None:
    paper = FLAIR.plan(SET, GPU)
    assert (paper.widths, paper.patch, paper.spacing_mm) == ((32, 64, 128, 256, 512), (3, 256, 256), (4.0, 1.0, 1.0))
    assert paper.batch == 32
    small = FLAIR.plan(SET, CPU)
    assert (small.widths, small.patch, small.spacing_mm) == ((16, 32, 64, 128, 256), (3, 128, 128), (4.0, 2.0, 2.0))
    own = paper.particulars
    assert (own.loss, own.keep_largest, own.context) == (LossName.DICE, True, 1)
    assert own.draw is not None
    assert own.draw.labelled == 3.0
    assert own.augmentation is not None
    assert own.augmentation.apart
    assert own.augmentation.labelled_only


def test_a_small_image_is_not_enlarged() -> None:
    plan = FLAIR.plan(replace(SET, median_shape=(9, 40, 70)), GPU)
    assert (plan.spacing_mm, plan.patch) == ((4.0, 1.0, 1.0), (3, 48, 80))


@pytest.mark.parametrize(
    ("names", "channels", "wanted"),
    [
        (("pre-contrast", "post-contrast", "T2 FLAIR"), 3, (2,)),
        ((), 3, (1,)),
        (("", "", ""), 3, (1,)),
        ((), 1, ()),
        (("flair",), 1, (0,)),
        ((), 2, ()),
    ],
)
def test_flair_is_found_by_its_name_or_by_the_sets_order(
    names: tuple[str, ...], channels: int, wanted: tuple[int, ...]
) -> None:
    assert FLAIR.plan(replace(SET, channels=channels, names=names), CPU).particulars.looks_at == wanted
    assert SEQUENCES.plan(replace(SET, channels=channels, names=names), CPU).particulars.looks_at == ()


def test_each_slice_is_seen_between_its_neighbours_and_the_ends_are_repeated() -> None:
    volume = torch.arange(2 * 4, dtype=torch.float32).reshape(1, 2, 4, 1, 1).expand(1, 2, 4, 3, 3)
    seen = with_neighbours(volume)[0, :, :, 0, 0]
    assert seen.tolist() == [[0, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 3], [4, 4, 5, 6], [4, 5, 6, 7], [5, 6, 7, 7]]


def _answer(recipe: GliomaRecipe, volume: torch.Tensor, training: bool = False) -> torch.Tensor:
    torch.manual_seed(0)
    plan = replace(recipe.plan(SET, CPU), widths=(4, 4, 4, 4, 4))
    network = recipe.build(plan, volume.shape[1], 2).train(training)
    with torch.no_grad():
        return torch.as_tensor(network(volume))


@pytest.mark.parametrize(("recipe", "reach"), [(FLAIR, {3, 4, 5}), (SEQUENCES, {4})])
def test_a_slice_is_answered_by_what_the_recipe_sees_of_it(recipe: GliomaRecipe, reach: set[int]) -> None:
    volume = torch.rand(1, 1, 8, 32, 32)
    other = volume.clone()
    other[:, :, 4] = torch.rand(32, 32)
    differs = (_answer(recipe, volume) - _answer(recipe, other)).abs().amax(dim=(0, 1, 3, 4)) > 1e-6
    assert set(torch.nonzero(differs).flatten().tolist()) == reach


def test_while_training_the_ends_of_a_patch_are_not_answered_and_the_inside_is_as_ever() -> None:
    volume = torch.rand(2, 1, 3, 32, 32)
    training = _answer(FLAIR, volume, training=True)
    assert not training[:, :, [0, 2]].any()
    torch.testing.assert_close(training[:, :, 1], _answer(FLAIR, volume)[:, :, 1])


def test_more_slices_than_go_into_one_pass_are_answered_alike() -> None:
    volume = torch.rand(1, 1, 21, 32, 32)
    whole = _answer(FLAIR, volume)
    torch.testing.assert_close(whole[:, :, 17:20], _answer(FLAIR, volume[:, :, 15:21])[:, :, 2:5], atol=1e-5, rtol=1e-4)
