import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from skimage.measure import points_in_poly

from napari_medal.io.dicom.even_odd import fill_even_odd

# Corners beside the centres of pixels, where no rule is needed.
CORNERS = st.lists(st.tuples(*[st.integers(-3, 14)] * 2), min_size=3, max_size=9).map(
    lambda corners: np.array(corners) + np.array((0.3717, 0.4129))
)
GRID = np.stack(np.mgrid[:12, :11], axis=-1).reshape(-1, 2)


@given(st.lists(CORNERS, min_size=1, max_size=3))
def test_centres_within_an_odd_number_of_polygons(
    polygons: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]],
) -> None:
    within = np.zeros(len(GRID), dtype=bool)
    for polygon in polygons:
        within ^= points_in_poly(GRID, polygon)
    np.testing.assert_array_equal(fill_even_odd(polygons, (12, 11)), within.reshape(12, 11))


def test_a_keyhole_leads_around_a_hole() -> None:
    outer = [(0.5, 0.5), (0.5, 8.5), (8.5, 8.5), (8.5, 0.5), (0.5, 0.5)]
    inner = [(3.5, 3.5), (3.5, 5.5), (5.5, 5.5), (5.5, 3.5), (3.5, 3.5)]
    keyhole = np.array([*outer, *inner, (0.5, 0.5)])
    expected = fill_even_odd([np.array(outer), np.array(inner)], (10, 10))
    np.testing.assert_array_equal(fill_even_odd([keyhole], (10, 10)), expected)
    assert expected.sum() == 64 - 4


def test_neighbours_share_no_pixel() -> None:
    left = np.array([(1, 1), (1, 4), (5, 4), (5, 1)], dtype=float)
    right = np.array([(1, 4), (1, 7), (5, 7), (5, 4)], dtype=float)
    both = fill_even_odd([left], (8, 9)).astype(int) + fill_even_odd([right], (8, 9))
    assert both.max() == 1
    assert both.sum() == 4 * 6
