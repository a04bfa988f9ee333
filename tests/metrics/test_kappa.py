import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from napari_medal.metrics.kappa import kappa


@given(st.integers(0, 9999), st.integers(4, 60), st.integers(2, 4))
def test_agrees_with_scikit_learn(seed, n, classes):
    rng = np.random.default_rng(seed)
    first = rng.integers(0, classes, n)
    first[:2] = 0, 1
    second = np.where(rng.random(n) < 0.6, first, rng.integers(0, classes, n))
    found = kappa(first, second, classes)
    assert found.value == pytest.approx(cohen_kappa_score(first, second))
    assert -1.0 <= found.low <= found.value <= found.high <= 1.0


@given(st.integers(0, 9999), st.integers(20, 200), st.integers(2, 4))
def test_the_error_is_that_of_the_delta_method(seed, n, classes):
    """By finite differences in the table's cells, whose counts are multinomial."""
    rng = np.random.default_rng(seed)
    first = np.minimum(rng.integers(0, classes + 2, n), classes - 1)
    second = np.where(rng.random(n) < 0.6, first, rng.integers(0, classes, n))
    table = np.zeros((classes, classes))
    np.add.at(table, (first, second), 1 / n)

    def value(shares: np.ndarray) -> float:
        total = shares.sum()
        observed = np.trace(shares) / total
        expected = (shares.sum(axis=1) @ shares.sum(axis=0)) / total**2
        return (observed - expected) / (1 - expected)

    slope = np.zeros_like(table)
    for cell in np.ndindex(table.shape):
        step = np.zeros_like(table)
        step[cell] = 1e-6
        slope[cell] = (value(table + step) - value(table - step)) / 2e-6
    variance = ((table * slope**2).sum() - (table * slope).sum() ** 2) / n
    found = kappa(first, second, classes)
    if found.high < 1.0 and found.low > -1.0:
        assert (found.high - found.low) / (2 * 1.959964) == pytest.approx(
            math.sqrt(max(variance, 0.0)), rel=1e-4, abs=1e-5
        )


def test_nothing_to_agree_on():
    none = np.zeros(0, dtype=int)
    assert math.isnan(kappa(none, none, 2).value)
    assert math.isnan(kappa(np.zeros(5, dtype=int), np.zeros(5, dtype=int), 2).value)
    assert kappa(np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1]), 2).value == 1.0
