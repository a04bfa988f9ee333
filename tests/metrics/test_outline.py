import numpy as np
import pytest
from hypothesis import given
from scipy.ndimage import binary_erosion, binary_fill_holes, label

from napari_medal.metrics.outline import outline
from tests.metrics.blobs import masks


def pixels(found) -> set[tuple[float, float]]:
    return {tuple(place) for place in (found.offsets + found.centroid).round(6).tolist()}


@given(mask=masks(axes=2))
def test_its_pixels_are_those_with_a_side_outside(mask):
    mask[len(mask) // 2, 1:3] = True
    pieces, count = label(mask, np.ones((3, 3)))
    sizes = [np.count_nonzero(pieces == piece) for piece in range(1, count + 1)]
    largest = binary_fill_holes(pieces == int(np.argmax(sizes)) + 1)
    edge = largest & ~binary_erosion(largest)
    assert pixels(outline(mask)) == {tuple(map(float, place)) for place in np.argwhere(edge)}


@given(mask=masks(axes=2))
def test_each_pixel_touches_the_next_and_the_last_the_first(mask):
    mask[len(mask) // 2, 1:3] = True
    offsets = outline(mask).offsets
    assert np.abs(offsets - np.roll(offsets, -1, axis=0)).max() == pytest.approx(1.0)


def test_runs_clockwise_around_a_square():
    found = outline(np.pad(np.ones((3, 3), dtype=bool), 1))
    assert found.centroid == (2.0, 2.0)
    assert found.offsets.tolist() == [[-1, -1], [-1, 0], [-1, 1], [0, 1], [1, 1], [1, 0], [1, -1], [0, -1]]
    assert found.radii((2.0, 1.0))[:2] == pytest.approx([5**0.5, 2.0])


def test_a_thin_part_is_met_on_both_ways():
    line = np.zeros((3, 6), dtype=bool)
    line[1, 1:5] = True
    assert outline(line).offsets[:, 1].tolist() == [-1.5, -0.5, 0.5, 1.5, 0.5, -0.5]


def test_a_single_pixel_has_no_way_around():
    found = outline(np.array([[False, True]]))
    assert found.centroid == (0.0, 1.0)
    assert found.offsets.tolist() == [[0.0, 0.0]]


def test_holes_and_smaller_pieces_do_not_count():
    square = np.zeros((9, 12), dtype=bool)
    square[1:7, 1:7] = True
    whole = outline(square)
    square[2:4, 3:5] = False
    square[8, 9:11] = True
    assert (outline(square).offsets == whole.offsets).all()
