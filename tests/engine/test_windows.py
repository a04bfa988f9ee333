from math import prod

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_medal.core.plan import Plan
from napari_medal.engine.room import make_room
from napari_medal.engine.windows import content, gaussian, sweep, window_shape

PLAN = Plan(None, (8, 16, 12), 2, (4, 8), ((1, 2, 2), (2, 2, 2)), 1, 1, 1, 1e-3)
SIDES = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))


@given(shape=SIDES, voxels=st.integers(0, 40**3))
def test_windows_are_as_large_as_memory_allows(shape: tuple[int, int, int], voxels: int) -> None:
    window = window_shape(shape, PLAN, voxels)
    padded = [-(-n // step) * step for n, step in zip(shape, PLAN.divisor, strict=True)]
    assert not any(side % step for side, step in zip(window, PLAN.divisor, strict=True))
    least = prod(min(n, side) for n, side in zip(padded, PLAN.patch, strict=True))
    assert prod(window) <= max(voxels, least)
    assert all(side <= n for side, n in zip(window, padded, strict=True))
    if prod(padded) <= voxels:
        assert list(window) == padded


def test_windows_are_boxes_that_share_a_volume_evenly() -> None:
    assert window_shape((40, 40, 40), PLAN, 24**3) == (22, 24, 24)
    assert window_shape((40, 40, 40), PLAN, 0) == PLAN.patch


@given(shape=SIDES, voxels=st.integers(0, 20**3))
@settings(max_examples=40)
def test_every_voxel_gets_its_own_answer_whatever_the_windows(shape: tuple[int, int, int], voxels: int) -> None:
    window = window_shape(shape, PLAN, voxels)
    z, y, x = (max(n, side) for n, side in zip(shape, window, strict=True))
    image = torch.rand(1, 1, z, y, x, generator=torch.Generator().manual_seed(0))
    room = torch.full((2, z, y, x), float("nan"))
    sweep(image, PLAN, window, lambda part: torch.cat([part[0], 1 - part[0]]), room)
    blank = image.min() == image.max()
    assert blank or torch.allclose(room, torch.cat([image[0], 1 - image[0]]), atol=1e-5)


def test_it_blends_as_gaussian_weights_say() -> None:
    """Windows that answer with their own number, against weights added up over the whole volume."""
    image = torch.rand(1, 1, 14, 24, 12)
    window, tops, lefts = (8, 16, 12), (0, 6), (0, 8)
    asked: list[int] = []

    def ask(part: torch.Tensor) -> torch.Tensor:
        asked.append(len(asked))
        return torch.full((1, *window), float(asked[-1]))

    room = torch.empty(1, 14, 24, 12)
    sweep(image, PLAN, window, ask, room)
    total, weights = torch.zeros(14, 24, 12), torch.zeros(14, 24, 12)
    for number, (top, left) in enumerate((top, left) for top in tops for left in lefts):
        total[top : top + 8, left : left + 16] += number * gaussian(window, image.device)
        weights[top : top + 8, left : left + 16] += gaussian(window, image.device)
    assert len(asked) == 4
    assert torch.allclose(room[0], total / weights, atol=1e-5)


def test_windows_without_structure_are_not_asked() -> None:
    image = torch.zeros(1, 1, 40, 16, 12)
    image[:, :, 3, 5, 5] = 1.0
    asked: list[torch.Tensor] = []

    def ask(part: torch.Tensor) -> torch.Tensor:
        asked.append(part)
        return torch.cat([torch.zeros_like(part[0]), torch.ones_like(part[0])])

    room = torch.empty(2, 40, 16, 12)
    sweep(image, PLAN, (8, 16, 12), ask, room)
    assert len(asked) == 1
    assert room[1, 3, 5, 5] == 1.0
    assert (room[0, 8:] == 1.0).all()


@pytest.mark.parametrize("channels", [1, 2])
def test_the_box_of_content_is_tight(channels: int) -> None:
    image = torch.zeros(1, channels, 10, 12, 14) - 1.0
    assert content(image) == (slice(0, 10), slice(0, 12), slice(0, 14))
    image[0, -1, 3:6, 4:5, 7:11] = 0.5
    assert content(image) == (slice(3, 6), slice(4, 5), slice(7, 11))


@pytest.mark.parametrize("memory", [0, 10**6])
def test_room_is_found_in_memory_or_on_disk(memory: int) -> None:
    room = make_room((3, 4, 5), memory)
    assert isinstance(room, np.memmap) is (memory == 0)
    room[:] = 1.5
    assert (room.shape, room.dtype, float(room.sum())) == ((3, 4, 5), np.float32, 90.0)
