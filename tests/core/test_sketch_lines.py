import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_medal.core.sketch import Sketch
from napari_medal.core.sketch_lines import SketchLines

PATHS = arrays(np.float64, st.tuples(st.integers(2, 6), st.just(3)), elements=st.floats(-20, 20, width=16))


def lengths(lines):
    return np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)


def of(*paths, points=None):
    return SketchLines.of(Sketch("it", "It", "", "#ffffff", paths, points))


@given(st.lists(PATHS, min_size=1, max_size=3), st.integers(0, 2), st.sampled_from([0.7, 2.0, 5.0]))
def test_slices_share_every_path_out_and_leave_nothing_over(paths, axis, slice_mm):
    drawn = of(*paths)
    # slices whose borders no coordinate of 16 bits lies on, as a line there is in both slices
    positions = np.arange(-40, 41) * slice_mm + 0.1234567
    inside = [drawn.lines_in(axis, position, slice_mm) for position in positions]
    for position, lines in zip(positions, inside, strict=True):
        assert (np.abs(lines[:, :, axis] - position) <= slice_mm / 2 + 1e-5).all()
    np.testing.assert_allclose(
        sum(lengths(lines).sum() for lines in inside), lengths(drawn.lines).sum(), rtol=1e-5, atol=1e-3
    )


def test_a_line_in_the_slice_is_kept_and_one_across_it_leaves_a_dot():
    flat = np.array([[4.0, 1.0, 1.0], [4.0, 1.0, 9.0]])
    across = np.array([[0.0, 5.0, 5.0], [8.0, 5.0, 5.0]])
    drawn = of(flat, across)
    np.testing.assert_allclose(drawn.lines_in(0, 4.0, 2.0), [flat, [[3, 5, 5], [5, 5, 5]]], atol=1e-5)
    assert len(drawn.lines_in(0, 6.5, 2.0)) == 1
    assert len(drawn.lines_in(0, 12.0, 2.0)) == 0


def test_marks_are_seen_in_their_slice():
    drawn = of(points=np.array([[4.0, 1.0, 1.0], [9.0, 1.0, 1.0]]))
    np.testing.assert_array_equal(drawn.points_in(0, 5.0, 2.0), [[4.0, 1.0, 1.0]])
    assert len(drawn.points_in(1, 1.0, 0.5)) == 2
    assert drawn.lines_in(0, 4.0, 2.0).shape == (0, 2, 3)


@pytest.mark.parametrize("paths", [(), (np.zeros((1, 3)),)])
def test_nothing_is_drawn_of_nothing(paths):
    assert of(*paths).lines.shape == (0, 2, 3)
    assert of(*paths).points.shape == (0, 3)
