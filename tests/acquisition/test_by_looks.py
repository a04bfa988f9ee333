"""Orders by what cases look like: typicality, k-center, outliers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.acquisition.clusters import clusters
from napari_medal.acquisition.feature_space import FeatureSpace
from napari_medal.acquisition.k_center import STRATEGY as K_CENTER
from napari_medal.acquisition.neighbour_distance import neighbour_distance
from napari_medal.acquisition.outliers import outliers
from napari_medal.acquisition.typicality import STRATEGY as TYPICALITY
from tests.acquisition.pools import looks, random_pool

RING = [(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False)]


def blob(x: float, y: float) -> list[tuple[float, float]]:
    """A centre, and eight cases around it."""
    return [(x, y), *((x + dx, y + dy) for dx, dy in RING)]


def test_typicality_takes_the_centre_of_each_blob():
    ranked = TYPICALITY.rank(looks([*blob(0, 0), *blob(20, 0)]))
    assert {place.case for place in ranked[:2]} == {"case000", "case009"}
    assert ranked[0].reason == "typical of 9 cases that look alike, none of them labelled"


def test_typicality_takes_the_larger_group_first_and_goes_round():
    ranked = TYPICALITY.rank(looks([*blob(0, 0), *blob(20, 0), (20.1, 0.1)]))
    sides = ["left" if int(place.case[4:]) < 9 else "right" for place in ranked]
    assert sides[:4] == ["right", "left", "right", "left"]


def test_typicality_prefers_a_group_without_a_label():
    points = [*blob(0, 0), *blob(20, 0), *blob(0, 20)]
    ranked = TYPICALITY.rank(looks(points, taught=[(0.2, 0.1)], batch=2))
    assert {place.case for place in ranked[:2]} == {"case009", "case018"}
    third = next(place for place in ranked if int(place.case[4:]) < 9)
    assert third.case == ranked[2].case or ranked.index(third) > 1
    assert third.reason == "typical of 10 cases that look alike, 1 of them labelled"


def test_typicality_leaves_an_odd_case_to_the_end():
    ranked = TYPICALITY.rank(looks([*blob(0, 0), *blob(20, 0), (300, 300)], batch=3))
    assert {place.case for place in ranked[:2]} == {"case000", "case009"}
    assert ranked[2].case == "case018"
    assert ranked[2].reason == "looks like no other case"


def test_cases_whose_looks_are_unknown_come_last_at_random():
    waiting = random_pool(20, 4, known=0.5, features=3)
    unknown = {candidate.case for candidate in waiting.candidates if candidate.features is None}
    assert 0 < len(unknown) < 20
    for strategy in (TYPICALITY, K_CENTER):
        ranked = strategy.rank(waiting)
        assert {place.case for place in ranked[-len(unknown) :]} == unknown
        assert all("not known: drawn at random" in place.reason for place in ranked[-len(unknown) :])


def test_k_center_takes_the_case_farthest_from_all_labels():
    points = [(0, 0), (1, 0), (2, 0), (9, 0), (10, 0)]
    ranked = K_CENTER.rank(looks(points, taught=[(0, 0.0)]))
    # 10 is the farthest; then 2 lies farther from 0 and 10 than 9 does.
    assert [place.case for place in ranked[:2]] == ["case004", "case002"]
    assert dict(ranked[0].numbers)["distance"] > dict(ranked[1].numbers)["distance"]


def test_k_center_begins_in_the_middle_where_nothing_is_labelled():
    ranked = K_CENTER.rank(looks([(0, 0), (4, 0), (5, 0), (6, 0), (11, 0)]))
    assert ranked[0].case == "case002"
    assert ranked[1].case == "case004"
    assert ranked[0].reason == "lies in the middle of all cases"


def test_k_center_is_greedy_all_the_way():
    waiting = random_pool(40, 5, features=3)
    space = FeatureSpace.of(waiting)
    index = {candidate.case: n for n, candidate in enumerate(space.candidates)}
    covered = list(space.taught)
    left = set(index)
    for place in K_CENTER.rank(waiting):
        distance = {case: min(np.linalg.norm(space.waiting[index[case]] - other) for other in covered) for case in left}
        assert distance[place.case] == pytest.approx(max(distance.values()))
        covered.append(space.waiting[index[place.case]])
        left.remove(place.case)


def test_the_odd_ones_are_found():
    space = FeatureSpace.of(looks([*blob(0, 0), *blob(4, 0), (40, 0), (0, 30)]))
    # Standardised, the one above lies farther out than the one on the right.
    assert outliers(space, 0.1) == ("case018", "case019")
    assert outliers(space, 0.05) == ("case019",)
    assert outliers(space, 0.01) == ()
    assert outliers(FeatureSpace.of(looks([(1, 1)] * 20)), 0.2) == ()


@given(count=st.integers(1, 30), neighbours=st.integers(1, 25), seed=st.integers(0, 99))
def test_neighbour_distances_equal_those_of_sklearn(count, neighbours, seed):
    from sklearn.neighbors import NearestNeighbors

    points = np.random.default_rng(seed).standard_normal((count, 3))
    found = neighbour_distance(points, neighbours)
    if count == 1:
        assert found.tolist() == [0.0]
        return
    nearest = min(neighbours, count - 1)
    expected, _ = NearestNeighbors(n_neighbors=nearest).fit(points).kneighbors()
    np.testing.assert_allclose(found, expected.mean(axis=1), atol=1e-6)


def test_clusters_are_the_blobs_and_no_more_than_there_are_places():
    points = np.array([*blob(0, 0), *blob(20, 0)])
    found = clusters(points, 2, 0)
    assert len(set(found[:9])) == len(set(found[9:])) == 1
    assert found[0] != found[9]
    assert clusters(np.ones((5, 2)), 3, 0).tolist() == [0] * 5
    assert clusters(np.array([[1.0, 0.0], [1.0 + 1e-15, 0.0], [2.0, 0.0]]), 3, 0).max() <= 2
    assert clusters(np.zeros((0, 2)), 3, 0).shape == (0,)


def test_features_are_standardised_and_cut_to_16_components():
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((50, 3))
    points = hidden @ rng.standard_normal((3, 40)) * rng.uniform(1, 1000, 40) + 7.0
    space = FeatureSpace.of(looks(points[:30].tolist(), taught=points[30:].tolist()))
    assert space.waiting.shape == (30, 16)
    assert space.taught.shape == (20, 16)
    order = [int(candidate.case[4:]) for candidate in space.candidates]
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    expected = np.linalg.norm(scaled[order][0] - scaled[order], axis=1)
    np.testing.assert_allclose(np.linalg.norm(space.waiting[0] - space.waiting, axis=1), expected, atol=1e-6)


def test_features_that_are_all_the_same_or_no_numbers_do_no_harm():
    constant = FeatureSpace.of(looks([(5.1, 1.0), (5.1, 2.0), (5.1, 3.0)]))
    np.testing.assert_array_equal(constant.waiting[:, 0], 0.0)
    broken = FeatureSpace.of(looks([(1.0, float("nan")), (2.0, 1.0)], taught=[(float("inf"), 1.0)]))
    assert [candidate.case for candidate in broken.candidates] == ["case001"]
    assert len(broken.taught) == 0
