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


def of(*paths, points=None, is_prediction=False):
    return SketchLines.of(Sketch("it", "It", "", "#0080ff", paths, points), is_prediction)


@given(st.lists(PATHS, min_size=1, max_size=3), st.integers(0, 2), st.sampled_from([0.7, 2.0, 5.0]), st.booleans())
def test_slices_share_every_path_out_and_leave_nothing_over(paths, axis, slice_mm, is_prediction):
    drawn = of(*paths, is_prediction=is_prediction)
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


@given(PATHS)
def test_a_prediction_is_drawn_in_paler_dashes_along_the_same_path(path):
    drawn, dashed = of(path), of(path, is_prediction=True)
    assert (drawn.color, dashed.color) == ("#0080ff", "#99ccff")
    whole = lengths(drawn.lines).sum()
    period = 0.085 * np.ptp(path, axis=0).max()
    count = whole / period if period else 0.0
    want = period * (np.floor(count) * 10 / 17 + min(count % 1, 10 / 17))
    np.testing.assert_allclose(lengths(dashed.lines).sum(), want, rtol=1e-6, atol=1e-6)
    for start, end in dashed.lines:
        middle = (start + end) / 2
        ways = drawn.lines[:, 1] - drawn.lines[:, 0]
        squares = np.maximum((ways**2).sum(axis=1), 1e-12)
        places = np.clip(((middle - drawn.lines[:, 0]) * ways).sum(axis=1) / squares, 0, 1)
        nearest = drawn.lines[:, 0] + places[:, None] * ways
        assert np.linalg.norm(nearest - middle, axis=1).min() < 1e-4


def test_dashes_of_a_ring_in_a_slice_stay_in_it():
    turns = np.linspace(0, 2 * np.pi, 73)
    ring = np.stack([np.full(73, 3 * 1.1), 10 * np.cos(turns), 10 * np.sin(turns)], axis=1)
    dashed = of(ring, is_prediction=True).lines_in(0, 3 * 1.1, 1.0)
    assert np.unique(dashed[:, :, 0]).tolist() == [3 * 1.1]
    starts, ends = dashed[:, 0], dashed[:, 1]
    gaps = np.linalg.norm(starts[1:] - ends[:-1], axis=1) > 1e-6
    assert np.count_nonzero(gaps) + 1 == np.ceil(20 * np.pi / (20 * 0.085)), "as many dashes on every ring"
