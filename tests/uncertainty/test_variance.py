import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_medal.uncertainty.variance import MEASURE


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=8))
def test_a_value_gets_its_deviation_over_half_the_range(shares):
    samples = np.array(shares, dtype=np.float32)[:, None]
    found = MEASURE.map(samples)
    assert found.shape == ()
    assert float(found) == pytest.approx(min(2 * np.std(np.array(shares)), 1), abs=1e-5)
    assert MEASURE.per_class(samples) == pytest.approx(found[None], abs=1e-5)


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=8))
def test_a_value_counts_as_two_classes(shares):
    one = np.array(shares, dtype=np.float32)[:, None]
    both = np.concatenate([one, 1 - one], axis=1)
    assert MEASURE.map(one) == pytest.approx(MEASURE.map(both), abs=1e-3)


def test_the_largest_spread_is_1():
    assert float(MEASURE.map(np.array([[0.0], [1.0]], np.float32))) == 1.0
    assert float(MEASURE.map(np.eye(3, dtype=np.float32))) == pytest.approx(1.0, abs=1e-6)


def test_it_orders_as_the_variance_does():
    rng = np.random.default_rng(0)
    ensembles = rng.uniform(0, 1, (50, 5, 1)).astype(np.float32)
    order = np.argsort([float(MEASURE.map(samples)) for samples in ensembles])
    assert order.tolist() == np.argsort(ensembles.var(axis=(1, 2))).tolist()
