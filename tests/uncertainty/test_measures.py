"""What every first-party measure keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.core.measure import Measure
from napari_medal.testing import check_measure
from napari_medal.uncertainty.entropy import MEASURE as ENTROPY
from napari_medal.uncertainty.mutual_information import MEASURE as MUTUAL_INFORMATION
from napari_medal.uncertainty.pairwise_dice import MEASURE as PAIRWISE_DICE
from napari_medal.uncertainty.variance import MEASURE as VARIANCE

ALL = pytest.mark.parametrize("measure", [ENTROPY, MUTUAL_INFORMATION, PAIRWISE_DICE, VARIANCE], ids=lambda m: m.name)


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
