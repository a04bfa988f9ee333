from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from skimage.measure import points_in_poly

from napari_medal.export.dicom.contours import contours

MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=9))


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
