import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.added_path_length import added_path_length


def mask(shape: tuple[int, int, int], *boxes: tuple[slice, slice, slice], value: int = 1) -> np.ndarray:
    array = np.zeros(shape, dtype=np.uint8)
    for box in boxes:
        array[box] = value
    return array


BOX = (slice(1, 2), slice(2, 6), slice(3, 13))


def test_a_rectangle_drawn_from_scratch_costs_its_circumference():
    final = mask((3, 10, 20), BOX)
    found = added_path_length(np.zeros_like(final), final, (5.0, 2.0, 0.5))
    assert found == pytest.approx([0.0, 2 * (4 * 2.0 + 10 * 0.5), 0.0])


def test_accepting_a_mask_or_erasing_it_draws_nothing():
    final = mask((3, 10, 20), BOX)
    assert not added_path_length(final, final, (1.0, 1.0, 1.0)).any()
    assert not added_path_length(final, np.zeros_like(final), (1.0, 1.0, 1.0)).any()


def test_moving_one_side_costs_that_side_and_the_ends():
    prediction = mask((1, 10, 20), (slice(0, 1), slice(2, 6), slice(3, 12)))
    final = mask((1, 10, 20), (slice(0, 1), slice(2, 6), slice(3, 13)))
    assert added_path_length(prediction, final, (1.0, 2.0, 0.5)) == pytest.approx([4 * 2.0 + 2 * 0.5])


def test_the_edge_of_the_image_closes_the_path():
    final = np.ones((1, 4, 6), dtype=np.uint8)
    assert added_path_length(np.zeros_like(final), final, (1.0, 1.0, 1.0)) == pytest.approx([20.0])


def test_a_wrong_label_in_the_right_place_must_be_redrawn():
    final = mask((1, 10, 20), (slice(0, 1), slice(2, 6), slice(3, 13)))
    assert added_path_length(final * np.uint8(2), final, (1.0, 1.0, 1.0)) == pytest.approx([28.0])


@given(st.integers(0, 999))
def test_no_more_than_from_scratch_and_halves_with_the_spacing(seed):
    prediction, final = np.random.default_rng(seed).integers(0, 3, (2, 3, 5, 6)).astype(np.uint8)
    found = added_path_length(prediction, final, (1.0, 1.0, 1.0))
    assert (found <= added_path_length(np.zeros_like(final), final, (1.0, 1.0, 1.0))).all()
    np.testing.assert_allclose(added_path_length(prediction, final, (9.0, 0.5, 0.5)), found / 2)
