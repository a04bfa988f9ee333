from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.asking import Asking, Mirror
from napari_medal.core.plan import Plan
from napari_medal.engine.view import View, views

PLAN = Plan(None, (8, 16, 12), 2, (4, 8), ((1, 2, 2), (2, 2, 2)), 1, 1, 1, 1e-3)


@given(
    sides=st.tuples(*[st.integers(1, 9)] * 3),
    shift=st.tuples(*[st.integers(0, 3)] * 3),
    mirrored=st.sets(st.integers(0, 2)),
)
def test_places_come_back(sides: tuple[int, int, int], shift: tuple[int, int, int], mirrored: set[int]) -> None:
    image = torch.rand(1, 2, *sides, generator=torch.Generator().manual_seed(0))
    view = View(shift=shift, mirrored=tuple(mirrored))
    seen = view.of(image)
    assert seen.shape[2:] == tuple(n + by for n, by in zip(sides, shift, strict=True))
    assert torch.equal(view.undone(seen[0]), image[0])


def test_the_image_itself_comes_first_and_each_mirror_image_once() -> None:
    found = views(Asking(augmented=3, mirror=(Mirror.LEFT_RIGHT, Mirror.HEAD_FEET)), PLAN, may_move=True)
    assert found[0] == View()
    assert {view.mirrored for view in found[1:4]} == {(0,), (2,), (0, 2)}
    assert len(found) == 1 + 3 + 3
    assert all(not view.mirrored for view in found[4:]), "mirrored only where the task says so"


def test_views_are_small_changes_alike_for_every_case() -> None:
    asking = Asking(augmented=50, seed=3)
    found = views(asking, PLAN, may_move=True)
    assert found == views(asking, PLAN, may_move=True)
    assert found != views(replace(asking, seed=4), PLAN, may_move=True)
    for view in found:
        assert 0.875 <= view.contrast <= 1.125
        assert abs(view.brightness) <= 0.1
        assert 0.86 <= view.gamma <= 1.17
        assert all(by < step for by, step in zip(view.shift, PLAN.divisor, strict=True))
    assert len({view.shift for view in found}) > 5
    assert {view.shift for view in views(asking, PLAN, may_move=False)} == {(0, 0, 0)}


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_an_image_of_one_value_stays_one(value: float) -> None:
    seen = View(1.1, 0.05, 0.9).of(torch.full((1, 1, 4, 4, 4), value))
    assert torch.isfinite(seen).all()
    assert seen.min() == seen.max()


def test_intensities_keep_their_order() -> None:
    image = torch.randn(1, 1, 4, 5, 6, generator=torch.Generator().manual_seed(0))
    seen = View(0.9, -0.1, 1.15).of(image)
    assert torch.equal(seen.flatten().argsort(), image.flatten().argsort())
    assert not torch.allclose(seen, image)
