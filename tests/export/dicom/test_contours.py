from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.measure import points_in_poly

from napari_medal.export.dicom.contours import contours

MASKS = st.builds(
    lambda seed, share, shape: np.random.default_rng(seed).random(shape) < share,
    st.integers(0, 2**32 - 1),
    st.sampled_from((0.2, 0.5, 0.7, 0.85)),
    st.tuples(st.integers(1, 10), st.integers(1, 10)),
)


def filled(outline: np.ndarray[Any, Any], shape: tuple[int, int]) -> np.ndarray[Any, Any]:
    """Fill an outline by the centres of pixels, with a stranger's rule."""
    centres = np.stack(np.mgrid[: shape[0], : shape[1]], axis=-1).reshape(-1, 2)
    return np.asarray(points_in_poly(centres, outline)).reshape(shape)


def area(outline: np.ndarray[Any, Any]) -> float:
    rows, columns = outline.T
    return float(columns @ np.roll(rows, -1) - np.roll(columns, -1) @ rows) / 2


@given(MASKS)
def test_filling_the_outlines_gives_the_mask_back_bit_for_bit_one_by_one_or_by_turns(mask: Any) -> None:
    together, by_turns = np.zeros(mask.shape, bool), np.zeros(mask.shape, bool)
    for outline in contours(mask):
        inside = filled(outline, mask.shape)
        together |= inside
        by_turns ^= inside
    assert np.array_equal(together, mask)
    assert np.array_equal(by_turns, mask)


@given(MASKS)
def test_the_areas_are_those_of_the_pixels(mask: Any) -> None:
    outlines = contours(mask)
    assert sum(area(outline) for outline in outlines) == mask.sum()
    assert all(area(outline) > 0 for outline in outlines)


@given(MASKS)
def test_every_point_lies_half_a_pixel_from_centres_and_no_point_goes_straight_on(mask: Any) -> None:
    for outline in contours(mask):
        assert np.array_equal(np.abs(outline % 1), np.full(outline.shape, 0.5))
        steps = np.roll(outline, -1, axis=0) - outline
        assert (np.count_nonzero(steps, axis=1) == 1).all()


def beside(mask: np.ndarray[Any, Any]) -> list[tuple[bool, bool]]:
    """Tell for each unit step of the outlines which of the two pixels at its sides are in the mask."""
    inside = np.pad(mask, 1)  # pixel (r, c) is (r + 1, c + 1) here
    found = []
    for outline in contours(mask):
        for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            axis = int(np.flatnonzero(start != end)[0])
            for middle in np.arange(min(start[axis], end[axis]) + 0.5, max(start[axis], end[axis])):
                across = slice(int(start[1 - axis] + 0.5), int(start[1 - axis] + 2.5))
                pair = inside[int(middle) + 1, across] if axis == 0 else inside[across, int(middle) + 1]
                found.append((bool(pair[0]), bool(pair[1])))
    return found


@given(MASKS)
def test_every_step_has_a_pixel_of_the_mask_at_its_side(mask: Any) -> None:
    assert (False, False) not in beside(mask)


def test_a_channel_ends_at_the_hole_before_and_does_not_cross_it() -> None:
    mask = np.ones((5, 7), bool)
    mask[1:4, 1:3] = False
    mask[2, 5] = False
    steps = beside(mask)
    assert (False, False) not in steps
    assert steps.count((True, True)) == 2 * (1 + 2)


def test_a_square_has_four_corners() -> None:
    mask = np.zeros((5, 6), bool)
    mask[1:4, 2:5] = True
    (outline,) = contours(mask)
    assert sorted(map(tuple, outline.tolist())) == [(0.5, 1.5), (0.5, 4.5), (3.5, 1.5), (3.5, 4.5)]


def test_a_ring_is_one_outline_with_a_channel_and_an_island_in_it_another() -> None:
    mask = np.ones((7, 7), bool)
    mask[1:6, 1:6] = False
    mask[3, 3] = True
    outlines = contours(mask)
    assert [area(outline) for outline in outlines] == [24, 1]


def test_pixels_that_touch_at_a_corner_are_two_regions() -> None:
    assert len(contours(np.eye(3, dtype=bool))) == 3


def test_an_empty_mask_has_no_outline() -> None:
    assert contours(np.zeros((3, 4), bool)) == []


@pytest.mark.parametrize("seed", range(3))
def test_noise_on_a_large_slice_comes_back(seed: int) -> None:
    mask = np.random.default_rng(seed).random((60, 70)) < 0.6
    found = np.zeros(mask.shape, bool)
    for outline in contours(mask):
        found ^= filled(outline, mask.shape)
    assert np.array_equal(found, mask)
