import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.plan import Fingerprint, Memory
from napari_medal.testing import check_recipe
from napari_medal_models.resnet.recipe import RECIPE

MEMORY = Memory(2**33, accelerated=False)
SPACING = st.floats(0.05, 12.0)


def _fingerprint(shape: tuple[int, int, int], spacing: tuple[float, float, float], planar: bool = False) -> Fingerprint:
    return Fingerprint(10, 1, spacing, shape, shape, planar)


def test_it_keeps_the_promises_of_a_recipe() -> None:
    check_recipe(RECIPE)


@given(
    shape=st.tuples(st.integers(2, 600), st.integers(1, 600), st.integers(1, 600)),
    spacing=st.tuples(SPACING, SPACING, SPACING),
    accelerated=st.booleans(),
)
@settings(max_examples=80)
def test_the_box_has_the_proportions_of_the_median_case(
    shape: tuple[int, int, int], spacing: tuple[float, float, float], accelerated: bool
) -> None:
    plan = RECIPE.plan(_fingerprint(shape, spacing), Memory(2**33, accelerated))
    edge = 96 if accelerated else 64
    extents = [n * mm for n, mm in zip(shape, spacing, strict=True)]
    assert max(plan.patch) == edge
    for side, extent in zip(plan.patch, extents, strict=True):
        assert side % 8 == 0
        assert max(8, edge * extent / max(extents) - 1) <= side <= max(8, edge * extent / max(extents) + 8.5)
    assert all(side % divisor == 0 for side, divisor in zip(plan.patch, plan.divisor, strict=True))


def test_images_are_planar() -> None:
    plan = RECIPE.plan(_fingerprint((1, 500, 300), (1.0, 0.1, 0.1), planar=True), MEMORY)
    assert plan.patch[0] == plan.divisor[0] == 1


@pytest.mark.parametrize(
    ("shape", "planar"), [((30, 40, 50), False), ((4, 300, 300), False), ((1, 200, 300), True)], ids=str
)
def test_the_network_runs(shape: tuple[int, int, int], planar: bool) -> None:
    plan = RECIPE.plan(_fingerprint(shape, (1.0, 1.0, 1.0), planar), MEMORY)
    network = RECIPE.build(plan, 2, 3)
    space = plan.patch[1:] if planar else plan.patch
    for training in (True, False):
        answer = network.train(training)(torch.rand(1, 2, *space))
        assert answer.shape == (1, 3)
        assert torch.isfinite(answer).all()
