from math import prod

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from napari_medal.core.plan import Fingerprint, Memory, Plan
from napari_medal.testing import check_recipe
from napari_medal_models.unet.recipe import RECIPE

PLENTY = Memory(2**34, accelerated=False)
SIDE = st.integers(1, 700)
SPACING = st.floats(0.05, 12.0)


def _fingerprint(shape: tuple[int, int, int], spacing: tuple[float, float, float], planar: bool = False) -> Fingerprint:
    return Fingerprint(10, 1, spacing, shape, shape, planar)


def _runs(plan: Plan, channels: int = 1, outputs: int = 3) -> None:
    """Train and predict on one patch."""
    network = RECIPE.build(plan, channels, outputs)
    space = plan.patch[1:] if plan.patch[0] == 1 else plan.patch
    for training in (True, False):
        answer = network.train(training)(torch.rand(1, channels, *space))
        assert answer.shape == (1, outputs, *space)
        assert torch.isfinite(answer).all()


def test_it_keeps_the_promises_of_a_recipe() -> None:
    check_recipe(RECIPE)


@given(
    shape=st.tuples(st.integers(2, 700), SIDE, SIDE),
    spacing=st.tuples(SPACING, SPACING, SPACING),
    budget=st.integers(2**27, 2**37),
    accelerated=st.booleans(),
)
@settings(max_examples=150)
def test_volumes_of_every_kind_get_a_sound_plan(
    shape: tuple[int, int, int], spacing: tuple[float, float, float], budget: int, accelerated: bool
) -> None:
    plan = RECIPE.plan(_fingerprint(shape, spacing), Memory(budget, accelerated))
    assert all(side % divisor == 0 for side, divisor in zip(plan.patch, plan.divisor, strict=True))
    assert len(plan.widths) == len(plan.strides) + 1
    assert plan.spacing_mm == spacing
    assert plan.patch[0] > 1
    smallest = prod(min(side, 2 * divisor) for side, divisor in zip(plan.patch, plan.divisor, strict=True))
    needed = prod(plan.patch) * plan.batch * plan.widths[0] * 64
    assert needed <= budget or prod(plan.patch) <= max(smallest, 8 * prod(plan.divisor))
    assert prod(plan.patch) <= (128**3 if accelerated else 64**3) or prod(plan.patch) <= 8 * prod(plan.divisor)
    # A patch is no larger than the median case, but for the padding to what the strides divide.
    assert all(side < n + divisor for side, n, divisor in zip(plan.patch, shape, plan.divisor, strict=True))


@given(shape=st.tuples(st.just(1), SIDE, SIDE), spacing=st.tuples(SPACING, SPACING, SPACING))
@settings(max_examples=50)
def test_images_get_a_planar_plan_on_their_own_grid(
    shape: tuple[int, int, int], spacing: tuple[float, float, float]
) -> None:
    plan = RECIPE.plan(_fingerprint(shape, spacing, planar=True), PLENTY)
    assert plan.patch[0] == 1
    assert plan.divisor[0] == 1
    assert plan.spacing_mm is None
    assert plan.patch[1] % plan.divisor[1] == plan.patch[2] % plan.divisor[2] == 0


@given(
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20)),
    spacing=st.tuples(SPACING, SPACING, SPACING),
)
@settings(max_examples=10)
def test_the_network_for_small_cases_runs(shape: tuple[int, int, int], spacing: tuple[float, float, float]) -> None:
    assume(shape[0] > 1 and prod(shape) > 8)
    _runs(RECIPE.plan(_fingerprint(shape, spacing), PLENTY))


@pytest.mark.parametrize("sides", [(16, 16), (33, 9), (64, 40)])
def test_the_network_for_small_images_runs(sides: tuple[int, int]) -> None:
    _runs(RECIPE.plan(_fingerprint((1, *sides), (1.0, 0.4, 0.4), planar=True), PLENTY), channels=3)


def test_a_coarse_axis_is_not_reduced_before_the_fine_ones_have_caught_up() -> None:
    plan = RECIPE.plan(_fingerprint((64, 256, 256), (4.0, 0.5, 0.5)), PLENTY)
    assert [stride[0] for stride in plan.strides] == [1, 1, 1, 2]
    assert all(stride[1:] == (2, 2) for stride in plan.strides)


def test_equal_axes_are_reduced_alike_until_they_are_short() -> None:
    plan = RECIPE.plan(_fingerprint((36, 50, 35), (1.0, 1.0, 1.0)), PLENTY)
    assert plan.strides == ((2, 2, 2), (2, 2, 2))


def test_less_memory_means_a_smaller_patch() -> None:
    patches = [
        RECIPE.plan(_fingerprint((128, 128, 128), (1.0, 1.0, 1.0)), Memory(2**power, accelerated=False)).patch
        for power in (24, 27, 34)
    ]
    assert prod(patches[0]) < prod(patches[1]) < prod(patches[2])


def test_an_accelerator_gets_a_wider_network_and_a_larger_patch() -> None:
    fingerprint = _fingerprint((200, 200, 200), (1.0, 1.0, 1.0))
    fast = RECIPE.plan(fingerprint, Memory(2**36, accelerated=True))
    slow = RECIPE.plan(fingerprint, Memory(2**36, accelerated=False))
    assert fast.widths[0] > slow.widths[0]
    assert prod(fast.patch) > prod(slow.patch)
