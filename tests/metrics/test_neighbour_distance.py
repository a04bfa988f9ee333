import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.metrics.neighbour_distance import neighbour_distance
from napari_medal.metrics.point_distances import point_distances


@given(st.integers(0, 999))
def test_the_unit_of_a_feature_does_not_matter(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(20, 3))
    other = points * [1.0, 1000.0, 1e-3] + [5.0, 0.0, -2.0]
    np.testing.assert_allclose(point_distances(other), point_distances(points), atol=1e-5)


def test_what_is_the_same_for_all_counts_for_nothing() -> None:
    points = np.random.default_rng(0).normal(size=(30, 2))
    with_constant = np.column_stack([points, np.full(30, 7.0)])
    assert neighbour_distance(with_constant) == pytest.approx(neighbour_distance(points))
    assert neighbour_distance(np.ones((4, 3))).tolist() == [0.0] * 4


def test_distances_by_hand() -> None:
    points = np.array([[0.0], [1.0], [3.0], [10.0]])
    expected = np.array([2.0, 1.5, 2.5, 8.0]) / points.std()
    assert neighbour_distance(points, 2) == pytest.approx(expected)


@given(st.integers(0, 999), st.integers(3, 60))
def test_a_stranger_is_the_farthest_also_among_more_features_than_cases(seed: int, features: int) -> None:
    random = np.random.default_rng(seed)
    points = random.normal(size=(30, features))
    points[11] += 12.0
    assert neighbour_distance(points).argmax() == 11


def test_two_kinds_of_images_are_both_at_home() -> None:
    random = np.random.default_rng(1)
    points = np.concatenate([random.normal(0, 1, (30, 4)), random.normal(20, 1, (15, 4)), np.full((1, 4), 10.0)])
    found = neighbour_distance(points)
    assert found.argmax() == 45
    assert found[45] > 2.0 * found[:45].max()
