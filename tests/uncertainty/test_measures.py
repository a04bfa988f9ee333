"""What every first-party measure keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.measure import Measure
from napari_medal.testing import check_measure
from napari_medal.uncertainty.class_entropy import MEASURE as CLASS_ENTROPY
from napari_medal.uncertainty.entropy import MEASURE as ENTROPY
from napari_medal.uncertainty.expected_dice import MEASURE as EXPECTED_DICE
from napari_medal.uncertainty.expected_entropy import MEASURE as EXPECTED_ENTROPY
from napari_medal.uncertainty.least_confidence import MEASURE as LEAST_CONFIDENCE
from napari_medal.uncertainty.margin import MEASURE as MARGIN
from napari_medal.uncertainty.mean_entropy import MEASURE as MEAN_ENTROPY
from napari_medal.uncertainty.mutual_information import MEASURE as MUTUAL_INFORMATION
from napari_medal.uncertainty.pairwise_dice import MEASURE as PAIRWISE_DICE
from napari_medal.uncertainty.variance import MEASURE as VARIANCE
from napari_medal.uncertainty.variation_ratio import MEASURE as VARIATION_RATIO
from tests.entries import declared_extensions
from tests.uncertainty.balls import ball, stack

MEASURES = (
    CLASS_ENTROPY,
    ENTROPY,
    EXPECTED_DICE,
    EXPECTED_ENTROPY,
    LEAST_CONFIDENCE,
    MARGIN,
    MEAN_ENTROPY,
    MUTUAL_INFORMATION,
    PAIRWISE_DICE,
    VARIANCE,
    VARIATION_RATIO,
)
ALL = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def test_no_measure_is_left_out(repo_root):
    declared = {point.name for point in declared_extensions(repo_root) if point.group == "napari_medal.measures"}
    assert declared == {measure.name for measure in MEASURES}


@ALL
def test_keeps_the_protocol(measure: Measure):
    check_measure(measure)


@ALL
@given(
    members=st.integers(1, 5),
    classes=st.integers(1, 4),
    space=st.sampled_from([(), (1, 3, 4), (2, 3, 2)]),
    seed=st.integers(0, 999),
)
def test_random_ensembles_stay_between_0_and_1(measure, members, classes, space, seed):
    rng = np.random.default_rng(seed)
    odds = rng.exponential(size=(members, classes, *space)) ** rng.uniform(0.1, 20) + 1e-30
    samples = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    for array, shape in ((measure.map(samples), space), (measure.per_class(samples), (classes,))):
        assert array.shape == shape
        assert array.dtype == np.float32
        assert ((array >= 0) & (array <= 1)).all()


@pytest.mark.parametrize("measure", [MUTUAL_INFORMATION, PAIRWISE_DICE, VARIANCE], ids=lambda m: m.name)
@given(members=st.integers(1, 4), seed=st.integers(0, 999))
def test_members_that_say_the_same_do_not_disagree(measure, members, seed):
    one = np.random.default_rng(seed).dirichlet([1, 1, 1], (2, 3, 4)).transpose(3, 0, 1, 2)
    samples = np.repeat(one[None], members, axis=0).astype(np.float32)
    np.testing.assert_allclose(measure.map(samples), 0.0, atol=1e-6)
    np.testing.assert_allclose(measure.per_class(samples), 0.0, atol=1e-6)


@pytest.mark.parametrize(
    "measure", [measure for measure in MEASURES if measure not in (PAIRWISE_DICE, VARIANCE)], ids=lambda m: m.name
)
@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=5))
def test_a_value_has_no_classes_to_be_in_doubt_between(measure, shares):
    assert measure.map(np.array(shares, dtype=np.float32)[:, None]) == 0.0


@pytest.mark.parametrize("measure", [m for m in MEASURES if m is not MEAN_ENTROPY], ids=lambda m: m.name)
def test_neither_background_nor_size_matters(measure: Measure):
    small = stack(ball(6), ball(5))
    large = np.pad(small, [(0, 0), (0, 0), (20, 20), (20, 20), (20, 20)])
    large[:, 0] = 1.0 - large[:, 1]
    np.testing.assert_allclose(measure.per_class(large)[1], measure.per_class(small)[1], rtol=1e-3)
    assert measure.per_class(small)[1] > 0.01


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)
def test_more_doubt_counts_more(measure: Measure):
    alike, apart = stack(ball(8, softness=0.2), ball(8.3, softness=0.2)), stack(ball(7), ball(9.3))
    assert measure.per_class(apart)[1] > 1.2 * measure.per_class(alike)[1]
